using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Audit;

/// <summary>What is compared as JSON, so that a difference has a path.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImmutableArray<TransitionRow>))]
internal sealed partial class AuditJson : JsonSerializerContext;
