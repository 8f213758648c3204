using System.Diagnostics;
using System.Text;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Benchmarks.Workloads;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// What a notification costs the database: commits, statements and rows, as the database counts them. The server is
/// its own: counting statements takes time, more of it for contestants that send many.
/// </summary>
internal sealed class Counts : IExperiment
{
    public async Task<string?> RunAsync(Bench bench)
    {
        await using var server = await PostgresServer.StartNewAsync("shared_preload_libraries=pg_stat_statements");
        var counting = bench with { Server = server };
        var text = new StringBuilder(
            """
            ### counts

            For each notification, as counted by `pg_stat_database` and `pg_stat_statements` (which counts BEGIN and
            COMMIT as statements). Target of the product under advance: at most 0.05 commits, 2.1 rows and 2.4 KB of
            log.

            | workload | contestant | commits | statements | rows written | TOAST chunks written | KB of log |
            |---|---|---|---|---|---|---|

            """
        );
        foreach (var workload in (string[])["advance", "wide"])
        {
            foreach (var contestant in ((Contestant[])[Contestant.Product, Contestant.ByHand]).Where(bench.Admits))
                text.Append(await CountAsync(counting, contestant, workload));
        }

        text.Append(
            """

            Idle, for a minute, wanted of two silos and an Api at most 20:

            | contestant | statements per second |
            |---|---|

            """
        );
        foreach (
            var contestant in ((Contestant[])[Contestant.Product, Contestant.ProductClustered]).Where(bench.Admits)
        )
            text.Append(await CountIdleAsync(counting, contestant));

        return text.ToString();
    }

    private static async Task<string> CountIdleAsync(Bench bench, Contestant contestant)
    {
        await using var service = await RunningService.StartAsync(contestant, bench.Server);
        await bench.Runner.RunAsync(service, "advance", static () => new ClosedSchedule(), bench.Options.WarmUp);
        await bench.Server.ExecuteAsync("CREATE EXTENSION pg_stat_statements", service.Database);
        var before = await DatabaseCounts.ReadAsync(bench.Server.Administration, service.Database!);
        var start = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromMinutes(1), TimeProvider.System);
        var counts = (await DatabaseCounts.ReadAsync(bench.Server.Administration, service.Database!)).Since(before);
        var line = $"| {contestant.Name} | {counts.Statements / Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} |\n";
        Bench.Say(line.TrimEnd());
        return line;
    }

    private static async Task<string> CountAsync(Bench bench, Contestant contestant, string workload)
    {
        await using var service = await RunningService.StartAsync(contestant, bench.Server);
        await bench.Runner.RunAsync(service, workload, static () => new ClosedSchedule(), bench.Options.WarmUp);
        await service.SettleAsync();
        await bench.Server.ExecuteAsync("CREATE EXTENSION pg_stat_statements", service.Database);
        var requests = WorkloadCatalogue.Create(workload, Runner.NextSeed(), bench.Options.Connections);
        if (requests.Preparation is { } preparation)
            bench.Runner.Send(service, preparation);

        var before = await DatabaseCounts.ReadAsync(bench.Server.Administration, service.Database!);
        var result = new LoadLoop(service.Address, bench.Options.Connections).Run(
            requests.Source,
            new ClosedSchedule(),
            bench.Options.Duration
        );
        var counts = (await DatabaseCounts.ReadAsync(bench.Server.Administration, service.Database!)).Since(before);
        double notifications = result.Acknowledged;
        var line =
            $"| {workload} | {contestant.Name} | {counts.Commits / notifications:0.000} "
            + $"| {counts.Statements / notifications:0.000} | {counts.Rows / notifications:0.00} "
            + $"| {counts.Chunks / notifications:0.00} | {counts.LogBytes / notifications / 1000:0.00} |\n";
        Bench.Say(line.TrimEnd());
        return line;
    }
}
