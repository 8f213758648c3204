using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage;

/// <summary>
/// JSON in columns. Unset members are left out; enumerations are their numbers, as in columns of their own.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(StatusUsage[]))]
[JsonSerializable(typeof(ImmutableArray<TransitionRow>))]
internal sealed partial class StorageJson : JsonSerializerContext;
