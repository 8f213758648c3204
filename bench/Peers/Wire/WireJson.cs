using System.Text.Json.Serialization;

namespace Orleans.Workflow.Wire;

/// <summary>JSON in the vendor's style, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(VendorNotification))]
[JsonSerializable(typeof(CallCompletion))]
[JsonSerializable(typeof(StoredWorkflow))]
public sealed partial class WireJson : JsonSerializerContext;
