using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orleans.Workflow.Hosting;

/// <summary>Enumerations as snake case words.</summary>
public sealed class SnakeCaseEnumConverter<T>()
    : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
