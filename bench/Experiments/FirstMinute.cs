using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Load;
using Orleans.Workflow.Benchmarks.Measuring;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// What a notification costs in the first minute of an empty database, whose plans were made while its tables were
/// empty. A service of another database runs first, so that the server's caches and files are not new.
/// </summary>
internal sealed class FirstMinute : IExperiment
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public async Task<string?> RunAsync(Bench bench)
    {
        if (!bench.Admits(Contestant.Product))
            return null;

        await using (var other = await RunningService.StartAsync(Contestant.Product, bench.Server))
            await RunAsync(bench, other, bench.Options.WarmUp);

        await using var service = await RunningService.StartAsync(Contestant.Product, bench.Server);
        var first = await RunAsync(bench, service, Minute);
        await service.SettleAsync();
        var later = await RunAsync(bench, service, Minute);
        return $"""
            ### first-minute

            advance for {Minute.TotalSeconds:0} s on an empty database that was never analysed, and again after that
            and a `VACUUM (ANALYZE)`, µs of processor time for each notification. The service starts too, and compiles
            its code in the first seconds; the database does not.

            | | PostgreSQL | service |
            |---|---|---|
            | first minute | {first.DatabaseMicroseconds:0} | {first.ServiceMicroseconds:0} |
            | later | {later.DatabaseMicroseconds:0} | {later.ServiceMicroseconds:0} |

            The first minute costs {first.DatabaseMicroseconds / later.DatabaseMicroseconds:0.00} × in PostgreSQL, and
            {first.CpuMicroseconds / later.CpuMicroseconds:0.00} × in all (wanted: at most 1.2 ×).
            """;
    }

    private static Task<Measurement> RunAsync(Bench bench, RunningService service, TimeSpan duration) =>
        bench.Runner.RunAsync(service, "advance", static () => new ClosedSchedule(), duration);
}
