namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>
/// Everything that goes wrong, drawn from a seed. Every change runs a short schedule; <c>tests/faults.sh</c> runs a long one and writes
/// docs/faults.md.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Seed = 5001;

    [Fact]
    public async Task Whatever_fails_nothing_acknowledged_is_lost_nothing_goes_back_and_nothing_is_invented()
    {
        var report = await new FaultRun(FaultPlan.FromEnvironment(Seed), Tell).RunAsync(TestContext.Current.CancellationToken);
        var text = report.ToString();
        output.WriteLine(text);
        if (Environment.GetEnvironmentVariable("FAULTS_REPORT") is { Length: > 0 } path)
            await File.WriteAllTextAsync(path, "# Under faults\n\nWritten by `tests/faults.sh`.\n\n" + text, TestContext.Current.CancellationToken);

        report.Violations.ShouldBeEmpty(text);
        report.Regressions.ShouldBeEmpty(text);
        report.UnplannedEnds.ShouldBeEmpty(text);
        report.GivenUp.ShouldBe(0, text);
        report.Reads.ShouldBeGreaterThan(0);
        report.Checks.Length.ShouldBe(report.Waves.Length);
    }

    private void Tell(string line)
    {
        output.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }
}
