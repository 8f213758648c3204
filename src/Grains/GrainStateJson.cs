using System.Text.Json.Serialization;

namespace Orleans.Workflow.Grains;

/// <summary>
/// The persisted JSON of the grains' states. Unset members are left out; enumerations are their numbers.
/// </summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Workflows.WorkflowGrainState))]
[JsonSerializable(typeof(Domain.WorkflowState))]
public sealed partial class GrainStateJson : JsonSerializerContext;
