using System.Text.Json.Serialization;
using Orleans.Workflow.Grains.Audit;

namespace Orleans.Workflow.Hosting.Audit;

/// <summary>The reports of audit and rebuild as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(SnakeCaseEnumConverter<FindingKind>), typeof(SnakeCaseEnumConverter<RebuildOutcome>)]
)]
[JsonSerializable(typeof(Finding))]
[JsonSerializable(typeof(AuditTotals))]
[JsonSerializable(typeof(RebuildLine))]
[JsonSerializable(typeof(RebuildTotals))]
internal sealed partial class ReportJson : JsonSerializerContext;
