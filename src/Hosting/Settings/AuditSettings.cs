namespace Orleans.Workflow.Hosting.Settings;

/// <summary>The audit beside the work.</summary>
/// <param name="WorkflowsPerSecond">How many workflows a silo audits a second; 0 for none.</param>
public sealed record AuditSettings(int WorkflowsPerSecond)
{
    /// <summary>No audit beside the work.</summary>
    public static readonly AuditSettings Off = new(0);

    /// <summary>Reads the section <c>Audit</c>.</summary>
    public static AuditSettings Read(SettingsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new AuditSettings(
            reader.Number(
                "Audit:WorkflowsPerSecond",
                0,
                0,
                10_000,
                "workflows a second",
                "How many workflows each silo audits beside its work; 0 for none. See "
                    + "[audit-and-retention.md](operations/audit-and-retention.md)."
            )
        );
    }
}
