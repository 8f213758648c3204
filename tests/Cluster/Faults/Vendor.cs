using System.Collections.Concurrent;
using System.Collections.Immutable;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Faults;

/// <summary>
/// The vendor: sends campaigns, mangled and in any order, without end, and each notification again until it is answered
/// 200 or its own timeout is over. Two lanes, so that the stragglers of a wave leave no pause.
/// </summary>
internal sealed class Vendor(FaultPlan plan, ImmutableArray<Uri> apis, MonotonyWatch watch) : IDisposable
{
    private const int Lanes = 2;

    /// <summary>So many that those which a fault holds up do not hold up the others.</summary>
    private const int MaxInFlight = 2048;

    private readonly ConcurrentQueue<Wave> _waves = new();
    private readonly CancellationTokenSource _enough = new();
    private int _drawn;

    /// <summary>What was sent.</summary>
    public IReadOnlyCollection<Wave> Waves => _waves;

    /// <summary>Sends waves until <see cref="Stop"/>; those that have begun are sent completely.</summary>
    public Task SendAsync(CancellationToken cancellation) =>
        Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => Task.Run(() => RunLane(cancellation), cancellation)));

    /// <summary>Begins no more waves.</summary>
    public void Stop() => _enough.Cancel();

    /// <summary>Sends a wave, or sends it again.</summary>
    public async Task SendAsync(Wave wave, CancellationToken cancellation)
    {
        var plan = wave.Draw();
        watch.Follow(plan.WorkflowIds);
        using var run = new DeliveryRun(plan, Options());
        await run.DeliverAsync(cancellation);
        wave.Keep(run.Log);
    }

    public void Dispose() => _enough.Dispose();

    private async Task RunLane(CancellationToken cancellation)
    {
        while (!_enough.IsCancellationRequested)
        {
            var wave = new Wave(unchecked((plan.Seed * 100_003) + Interlocked.Increment(ref _drawn)));
            await SendAsync(wave, cancellation);
            _waves.Enqueue(wave);
        }
    }

    private DeliveryOptions Options() =>
        new(apis)
        {
            Clients = MaxInFlight / Lanes,
            PerSecond = plan.PerSecond / Lanes,
            Timeout = TimeSpan.FromSeconds(12),
            Deadline = TimeSpan.FromMinutes(3),
            GivesUp = true,
            Acknowledged = watch.Acknowledged,
        };
}
