using System.Collections.Immutable;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>
/// Real processes on a real database, a vendor that sends, readers that watch, and faults.
/// </summary>
/// <remarks>
/// At the end everything that was sent is compared with what the product shows. Some of it is sent again and must
/// change nothing.
/// </remarks>
/// <param name="plan">Which faults.</param>
/// <param name="injector">What inflicts them.</param>
/// <param name="log">Takes a line about each fault.</param>
internal sealed class FaultRun(FaultPlan plan, IFaultInjector injector, Action<string> log)
{
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly List<string> _unplannedEnds = [];

    /// <summary>Does it all.</summary>
    public async Task<FaultReport> RunAsync(CancellationToken cancellation)
    {
        ImmutableArray<Uri> apis = [.. injector.Apis];
        using var watch = new MonotonyWatch(apis, Time);
        using var vendor = new Vendor(plan, apis, watch);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var start = Time.GetTimestamp();
        var reading = watch.ReadAsync(ending.Token);
        var sending = vendor.SendAsync(cancellation);
        try
        {
            var faults = await Inflict(start, cancellation);
            vendor.Stop();
            await sending;
            var lasted = Time.GetElapsedTime(start);
            await ending.CancelAsync();
            await reading;
            await RestartEnded();
            var checks = await Check(vendor, apis, cancellation);
            var audit = await injector.AuditAsync();
            return new FaultReport(
                plan,
                lasted,
                faults,
                [.. vendor.Waves],
                checks,
                audit,
                [.. watch.Violations],
                watch.Answers,
                [.. _unplannedEnds]
            );
        }
        catch
        {
            foreach (var member in injector.Members)
            {
                // What went wrong, which may be long ago, and how it ended. Health checks repeat what others say.
                var lines = member.Process.Output.Lines;
                var errors = lines
                    .SkipLast(60)
                    .Where(static line => line.Contains("\"LogLevel\":\"Error\"", StringComparison.Ordinal))
                    .Where(static line => !line.Contains("HealthCheck", StringComparison.Ordinal))
                    .Take(20);
                log($"---- {member.Process.Name} {member.Process.Id}");
                log(string.Join('\n', errors.Concat(lines.TakeLast(60))));
            }

            throw;
        }
        finally
        {
            await ending.CancelAsync();
            vendor.Stop();
        }
    }

    private async Task<ImmutableArray<InflictedFault>> Inflict(long start, CancellationToken cancellation)
    {
        var inflicted = ImmutableArray.CreateBuilder<InflictedFault>();
        await Task.Delay(plan.Rest, Time, cancellation);
        foreach (var fault in plan.Faults())
        {
            await RestartEnded();
            var done = await injector.InflictAsync(fault, cancellation);
            await RestartEnded();
            log(
                $"{Time.GetElapsedTime(start, done.StartedAt).TotalSeconds, 7:0.0} s  {fault}: "
                    + $"{Time.GetElapsedTime(done.StartedAt, done.EndedAt).TotalSeconds:0.0} s"
            );
            inflicted.Add(done);
            await Task.Delay(plan.Rest, Time, cancellation);
            if (inflicted.Count >= plan.Fewest && Time.GetElapsedTime(start) >= plan.AtLeast)
                break;
        }

        return inflicted.ToImmutable();
    }

    /// <summary>Starts the members again that ended by themselves, as an orchestrator would, and notes it.</summary>
    private async Task RestartEnded()
    {
        foreach (var member in injector.Members.Where(static member => member.Process.HasExited).ToList())
        {
            var process = member.Process;
            var lines = string.Join('\n', process.Output.Lines.TakeLast(30));
            _unplannedEnds.Add($"{process.Name} {process.Id} ended with code {process.ExitCode}:\n{lines}");
            await member.StartAgainAsync();
        }
    }

    private static async Task<ImmutableArray<DeliveryReport>> Check(
        Vendor vendor,
        ImmutableArray<Uri> apis,
        CancellationToken cancellation
    )
    {
        // C5: what was sent first is sent again, after everything else.
        await vendor.SendAsync(vendor.Waves.First(), cancellation);
        var checks = ImmutableArray.CreateBuilder<DeliveryReport>();
        using var reader = new ServiceReader(apis[0]);
        using var other = new ServiceReader(apis[^1]);
        var rows = await reader.ListWorkflows(cancellation);
        foreach (var wave in vendor.Waves)
            checks.Add(
                await DeliveryChecker.CheckAsync(
                    wave.Sendings(),
                    checks.Count % 2 == 0 ? reader : other,
                    rows,
                    cancellation
                )
            );

        return checks.ToImmutable();
    }
}
