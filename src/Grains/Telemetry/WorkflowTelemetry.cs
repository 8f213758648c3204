using System.Diagnostics;

namespace Orleans.Workflow.Grains.Telemetry;

/// <summary>
/// What the product's own metrics and traces have in common. The instruments are defined beside what they measure.
/// </summary>
public static class WorkflowTelemetry
{
    /// <summary>The name of the one meter and of the one source of spans.</summary>
    public const string Name = "Orleans.Workflow";

    /// <summary>The source of the product's spans.</summary>
    public static readonly ActivitySource Spans = new(Name);
}
