using System.Diagnostics.Metrics;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Telemetry;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Hosting.Totals;

/// <summary>
/// Shows the totals of the database as metrics of each silo. One silo reads them for all, and what a scrape costs does
/// not depend on how much is stored.
/// </summary>
internal sealed class TotalsGauges : BackgroundService
{
    /// <summary>What is older is not shown: it would look like what is there now.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(30);

    private readonly IGrainFactory _grains;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly ILogger<TotalsGauges> _logger;
    private readonly TimeSpan _period;
    private volatile Totals? _latest;

    public TotalsGauges(
        IGrainFactory grains,
        IHostApplicationLifetime lifetime,
        IMeterFactory meters,
        TelemetrySettings settings,
        TimeProvider time,
        ILogger<TotalsGauges> logger
    )
    {
        (_grains, _lifetime, _time, _logger) = (grains, lifetime, time, logger);
        _period = TimeSpan.FromTicks(Math.Min(settings.TotalsEvery.Ticks, TimeSpan.FromSeconds(10).Ticks));
        var meter = meters.Create(WorkflowTelemetry.Name);
        meter.CreateObservableGauge(
            "workflow.workflows",
            () => Observe<long>(totals => totals.Phases.Select(phase => Measure(phase, "workflow.phase"))),
            "{workflow}",
            "Workflows that are stored, by phase."
        );
        meter.CreateObservableGauge(
            "workflow.attention",
            () => Observe<long>(totals => totals.Attention.Select(reason => Measure(reason, "workflow.attention"))),
            "{workflow}",
            "Workflows that need attention, by reason; one may have several."
        );
        meter.CreateObservableGauge(
            "workflow.rejected",
            () => Observe<long>(static totals => [new Measurement<long>(totals.Rejected)]),
            "{request}",
            "Refused requests that are kept."
        );
        meter.CreateObservableGauge(
            "workflow.silence.oldest",
            () => Observe<double>(totals => [new Measurement<double>(SilenceOf(totals))]),
            "s",
            "How long nothing was received about the workflow, not ended, that has been silent longest."
        );
        meter.CreateObservableGauge(
            "workflow.totals.read.timestamp",
            () => _latest is { } latest ? latest.ReadAt / 1000.0 : 0,
            "s",
            "When the totals of the database were read, in Unix time; 0 if they were not yet."
        );
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Until the silo has joined its cluster no grain can be asked.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(_period, _time);
        do
        {
            try
            {
                _latest = await _grains.GetGrain<ITotalsGrain>(0).Latest().WaitAsync(stoppingToken) ?? _latest;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Its silo may be gone for the moment, or of an earlier version.
                Safely.Log(exception, () => Log.TotalsUnknown(_logger, exception));
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private IEnumerable<Measurement<T>> Observe<T>(Func<Totals, IEnumerable<Measurement<T>>> measure)
        where T : struct =>
        _latest is { } latest && _time.GetUtcNow().ToUnixTimeMilliseconds() - latest.ReadAt < MaxAge.TotalMilliseconds
            ? measure(latest)
            : [];

    private double SilenceOf(Totals totals) =>
        totals.SilentSince is { } since
            ? Math.Max(0, (_time.GetUtcNow().ToUnixTimeMilliseconds() - since) / 1000.0)
            : 0;

    private static Measurement<long> Measure(Total total, string tag) =>
        new(total.Count, new KeyValuePair<string, object?>(tag, total.Word));
}
