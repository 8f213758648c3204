using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Topologies;

/// <summary>What the command <c>audit</c> found, run beside a service.</summary>
internal sealed record AuditRun(int ExitCode, string Report)
{
    /// <summary>Audits everything that is stored.</summary>
    /// <param name="storage">The settings that name the database.</param>
    public static async Task<AuditRun> Of(IEnumerable<string> storage)
    {
        await using var audit = ServiceProcess.Start(WorkingCopy.Silo, ["audit", .. storage]);
        await audit.WaitForExitAsync();
        return new AuditRun(audit.ExitCode, audit.Output.ToString());
    }

    /// <summary>Demands that it found nothing.</summary>
    public void ShouldBeClean() => ExitCode.ShouldBe(0, Report);
}
