namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>A cluster that is as busy as it can be on this machine, and otherwise left alone.</summary>
public sealed class FullLoadTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_silo_that_is_only_busy_is_not_taken_for_dead()
    {
        var report = await new FaultRun(FaultPlan.FullLoad(seed: 5002), output.WriteLine).RunAsync(TestContext.Current.CancellationToken);
        var text = report.ToString();
        output.WriteLine(text);
        report.UnplannedEnds.ShouldBeEmpty(text);
        report.Violations.ShouldBeEmpty(text);
        report.Audit.ShouldBeClean();
        report.Regressions.ShouldBeEmpty(text);
        report.GivenUp.ShouldBe(0, text);
    }
}
