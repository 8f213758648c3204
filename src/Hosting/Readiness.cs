using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Telemetry;

namespace Orleans.Workflow.Hosting;

/// <summary>
/// Answers whether the process is ready, with a line for each reason why it is not, and logs each change. It also asks
/// by itself every few seconds, so that the metric does not depend on a load balancer that asks.
/// </summary>
internal sealed class Readiness : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly HealthCheckService _checks;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private string _last = string.Empty;
    private volatile bool _isReady;

    public Readiness(
        HealthCheckService checks,
        IHostApplicationLifetime lifetime,
        IMeterFactory meters,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        (_checks, _lifetime, _time) = (checks, lifetime, time);
        _logger = loggers.CreateLogger("Orleans.Workflow.Readiness");
        meters
            .Create(WorkflowTelemetry.Name)
            .CreateObservableGauge(
                "workflow.ready",
                () => _isReady ? 1 : 0,
                description: "1 while /health/ready says that the process can do its work, else 0."
            );
    }

    /// <summary>Writes the answer; its status is set already.</summary>
    public async Task Write(HttpContext context, HealthReport report)
    {
        var reasons = Note(report);
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(reasons.Length == 0 ? $"{report.Status}" : $"{report.Status}\n{reasons}");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Nothing is ready before that, and nothing is wrong with it.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = _lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Period, _time);
        do
        {
            try
            {
                var report = await _checks.CheckHealthAsync(stoppingToken);

                // That a process which was asked to stop is not ready is no news.
                if (_lifetime.ApplicationStopping.IsCancellationRequested)
                    break;

                Note(report);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // The checks themselves do not throw; it must not end the loop if one does.
                _isReady = false;
                Safely.Run(() => Log.NotChecked(_logger, exception));
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));

        _isReady = false;
    }

    /// <summary>Notes a report; returns the reasons why the process is not ready, each a line.</summary>
    private string Note(HealthReport report)
    {
        var reasons = string.Join(
            '\n',
            report
                .Entries.Where(static entry => entry.Value.Status != HealthStatus.Healthy)
                .Select(static entry => $"{entry.Key}: {entry.Value.Description ?? "It does not answer."}")
        );
        _isReady = reasons.Length == 0;
        if (Interlocked.Exchange(ref _last, reasons) != reasons)
            LogChange(reasons);

        return reasons;
    }

    private void LogChange(string reasons)
    {
        if (reasons.Length == 0)
            Log.Ready(_logger);
        else
            Log.NotReady(_logger, reasons.Replace('\n', ' '));
    }
}
