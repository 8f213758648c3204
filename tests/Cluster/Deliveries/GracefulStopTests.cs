using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Deliveries;

/// <summary>SIGTERM under load.</summary>
public sealed class GracefulStopTests(ITestOutputHelper output)
{
    private const int Seed = 3001;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>5 seconds on a machine that does nothing else, and less than what is waited for.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_silo_and_an_Api_that_are_asked_to_stop_lose_nothing_and_end_in_time()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await ProcessCluster.StartAsync(silos: 2, apis: 2);
        var plan = DeliveryPlan.Generate(Seed, workflows: 200);
        var apis = cluster.Apis.ToList();
        // The second half waits until the silo has ended, so that the Api is stopped under load too.
        var siloEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var run = new DeliveryRun(
            plan,
            new DeliveryOptions([.. apis.Select(static api => api.Address)])
            {
                PerSecond = 300,
                Gate = place => place < plan.Deliveries.Length / 2 ? Task.CompletedTask : siloEnded.Task,
            }
        );
        var delivering = run.DeliverAsync(cancellation);

        await run.WhenAcknowledged(plan.Deliveries.Length / 5);
        await StopAsync(cluster.Silos.First());
        siloEnded.SetResult();
        await run.WhenAcknowledged((plan.Deliveries.Length / 2) + 200);
        run.Log.AcknowledgedCount.ShouldBeLessThan(plan.Deliveries.Length);
        await StopAsync(apis[0]);
        await delivering;

        output.WriteLine(
            $"seed {Seed}: {plan.Deliveries.Length} deliveries; the slowest delivery: "
                + $"{run.Log.MaxDelivery().TotalSeconds:0.00} s; answers: {run.Log.Answers()}"
        );
        var report = await DeliveryChecker.CheckAsync(run.Log, apis[1].Address, cancellation);
        output.WriteLine(report.ToString());
        report.ThrowIfViolated();
        (await cluster.AuditAsync()).ShouldBeClean();
    }

    [Fact]
    public async Task A_silo_and_an_Api_that_are_asked_to_stop_let_no_caller_wait()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cluster = await ProcessCluster.StartAsync(silos: 2, apis: 2);
        using var http = new HttpClient(new ContractHandler()) { Timeout = TimeSpan.FromSeconds(90) };
        var (first, second) = (cluster.Apis.First(), cluster.Apis.Last());

        // With this number of workflows, each silo has some of them.
        var waits = Enumerable
            .Range(0, 40)
            .Select(number =>
                http.GetAsync(new Uri(first.Address, $"/workflows/nobody-{number}?until=ended&wait=60s"), cancellation)
            )
            .ToList();
        var others = Enumerable
            .Range(40, 20)
            .Select(number =>
                http.GetAsync(new Uri(second.Address, $"/workflows/nobody-{number}?until=ended&wait=30s"), cancellation)
            )
            .ToList();
        using var feed = await http.GetAsync(
            new Uri(first.Address, "/events"),
            HttpCompletionOption.ResponseHeadersRead,
            cancellation
        );
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellation);
        waits.Concat(others).ShouldAllBe(static wait => !wait.IsCompleted);

        // The silo ends soon. A request through an Api that stays keeps waiting.
        var start = TimeProvider.System.GetTimestamp();
        await StopAsync(cluster.Silos.First());
        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Soon);
        waits.Concat(others).ShouldAllBe(static wait => !wait.IsCompleted);

        start = TimeProvider.System.GetTimestamp();
        var stopping = StopAsync(first);
        foreach (var wait in waits)
            ((int)(await wait.WaitAsync(Soon, cancellation)).StatusCode).ShouldBe(404);

        (await feed.Content.ReadAsStringAsync(cancellation).WaitAsync(Soon, cancellation)).ShouldContain("id: ");
        await stopping;
        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Soon);
        foreach (var wait in others)
            ((int)(await wait).StatusCode).ShouldBe(404);
    }

    private async Task StopAsync(Member member)
    {
        var start = TimeProvider.System.GetTimestamp();
        var endedByItself = await member.Process.StopAsync(Timeout);
        output.WriteLine(
            $"{member.Process.Name} ended {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.00} s after "
                + "SIGTERM."
        );
        endedByItself.ShouldBeTrue(member.Process.Output.ToString());
        member.Process.ExitCode.ShouldBe(0, member.Process.Output.ToString());
    }
}
