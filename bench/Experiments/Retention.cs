using Npgsql;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Benchmarks.Report;
using Orleans.Workflow.Benchmarks.Workloads;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// What retention costs the work beside it: advance without it and while it works through a backlog, in turn.
/// </summary>
internal sealed class Retention : IExperiment
{
    private const int MaxBacklog = 20_000;

    private static readonly Contestant WithRetention = Contestant.Product with
    {
        Name = "product, retention",
        Arguments =
        [
            .. Contestant.Product.Arguments,
            "--Retention:Receipts:MaxPerWorkflow=1",
            "--Retention:EverySeconds=1",
        ],
    };

    /// <summary>
    /// Retention leaves receipts of the last half minute alone; after it, what was stored before is all backlog.
    /// </summary>
    private static readonly TimeSpan UntilBacklog = TimeSpan.FromSeconds(35);

    public async Task<string?> RunAsync(Bench bench)
    {
        if (!bench.Admits(Contestant.Product))
            return null;

        var runs = new Dictionary<Contestant, List<Measurement>> { [Contestant.Product] = [], [WithRetention] = [] };
        for (var run = 1; run <= bench.Options.Runs; run++)
        {
            foreach (var (contestant, measured) in runs)
                measured.Add(await MeasureAsync(bench, contestant, run));
        }

        var ratio =
            runs[WithRetention].Select(run => run.PerSecond).Median()
            / runs[Contestant.Product].Select(run => run.PerSecond).Median();
        return $"### retention\n\n{WorkloadCatalogue.Descriptions["advance"]} "
            + "Retention works through a backlog at the same time.\n\n"
            + Table.Header
            + string.Concat(runs.Select(static pair => Table.Row(pair.Key.Name, pair.Value)))
            + $"\nwith : without retention = **{ratio:0.00}** "
            + $"(target: 0.90, {(ratio >= 0.9 ? "reached" : "not reached")}). "
            + "The command `audit` is clean after each run with retention.\n";
    }

    /// <summary>
    /// A service of its own for each run: retention of an earlier service would slow down the next run.
    /// </summary>
    private static async Task<Measurement> MeasureAsync(Bench bench, Contestant contestant, int run)
    {
        await using var service = await RunningService.StartAsync(contestant, bench.Server);
        var backlog = Math.Min(bench.Options.Stored, MaxBacklog);
        var seed = Runner.NextSeed();
        for (var step = 0; step < 2; step++)
            bench.Runner.Send(service, new OnceSource(new ThreeNodeLife(), seed, step, 0, backlog));

        await service.SettleAsync();
        var warmUp = bench.Options.WarmUp > UntilBacklog ? bench.Options.WarmUp : UntilBacklog;
        await bench.Runner.RunAsync(service, "advance", static () => new ClosedSchedule(), warmUp);
        await bench.Server.ExecuteAsync("CHECKPOINT");
        var before = await RemovedAsync(bench, service);
        var measured = await bench.Runner.RunAsync(
            service,
            "advance",
            static () => new ClosedSchedule(),
            bench.Options.Duration
        );
        var removed = await RemovedAsync(bench, service) - before;
        if (contestant == WithRetention && removed == 0)
            throw new BenchmarkException("Retention removed nothing during the run: nothing was measured.");

        var audit = contestant == WithRetention ? $"   {await AuditAsync(bench, service)}" : "";
        Bench.Say(
            $"retention  run {run}  {contestant.Name, -22} {measured.PerSecond, 8:n0}/s   p99 "
                + $"{measured.P99, 7:n2} ms   {removed:n0} receipts removed{audit}"
        );
        return measured;
    }

    /// <summary>Runs the command <c>audit</c> while retention continues.</summary>
    /// <returns>What the audit reports in its last line.</returns>
    /// <exception cref="BenchmarkException">Something is not as it should be.</exception>
    private static async Task<string> AuditAsync(Bench bench, RunningService service)
    {
        var connection = new NpgsqlConnectionStringBuilder(bench.Server.Administration) { Database = service.Database };
        try
        {
            var report = await Command.RunAsync(
                "dotnet",
                Repository.SiloAssembly,
                "audit",
                "--Storage:Provider=Postgres",
                $"--ConnectionStrings:Workflows={connection}",
                "--Logging:LogLevel:Default=Warning"
            );
            return report.Trim().Split('\n')[^1];
        }
        catch (InvalidOperationException exception)
        {
            throw new BenchmarkException($"What retention left behind does not pass the audit: {exception.Message}");
        }
    }

    private static async Task<long> RemovedAsync(Bench bench, RunningService service)
    {
        var connection = new NpgsqlConnectionStringBuilder(bench.Server.Administration)
        {
            Database = service.Database,
            Pooling = false,
        };
        await using var dataSource = NpgsqlDataSource.Create(connection);
        await using var command = dataSource.CreateCommand("SELECT coalesce(sum(seq), 0)::bigint FROM baseline");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
