using System.Collections.Concurrent;
using System.Collections.Immutable;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Storage.Processes;

namespace Orleans.Workflow.Hosting.Processes;

/// <summary>
/// Watches this process for incidents, and keeps them in memory until they can be written (ADR 0049). Written again as
/// long as they last.
/// </summary>
public sealed class IncidentRecorder : BackgroundService
{
    private const int MaxUnwritten = 100;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ServiceStatus _status;
    private readonly RecentAnswers _answers;
    private readonly SqlIncidents _store;
    private readonly TimeProvider _time;
    private readonly ILogger<IncidentRecorder> _logger;
    private readonly IncidentTracker _tracker;
    private readonly ConcurrentDictionary<Guid, Incident> _unwritten = new();
    private readonly ConcurrentDictionary<Guid, Incident> _open = new();
    private bool _isFailing;

    /// <summary>Watches nothing yet.</summary>
    public IncidentRecorder(
        OwnProcess own,
        ServiceStatus status,
        RecentAnswers answers,
        SqlIncidents store,
        TimeProvider time,
        ILogger<IncidentRecorder> logger
    )
    {
        ArgumentNullException.ThrowIfNull(own);
        (_status, _answers, _store, _time, _logger) = (status, answers, store, time, logger);
        _tracker = new IncidentTracker(own.Name);
    }

    /// <summary>Those of this process that last, and those that are not written yet.</summary>
    public ImmutableArray<Incident> InMemory => [.. _open.Values.Concat(_unwritten.Values).DistinctBy(Key)];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        var writing = Task.CompletedTask;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Observe();

            // Beside the watch: what hangs in the database must not stop it.
            if (writing.IsCompleted && !_unwritten.IsEmpty && _status.Failure() is null)
                writing = Task.Run(() => Write(stoppingToken), stoppingToken);
        }
    }

    private static Guid Key(Incident incident) => incident.Id;

    private void Observe()
    {
        foreach (var incident in _tracker.Observe(_time.GetUtcNow(), _answers.Errors(), _status.Failure()))
        {
            _unwritten[incident.Id] = incident;
            if (incident.Until is null)
                _open[incident.Id] = incident;
            else
                _open.TryRemove(incident.Id, out _);
        }

        if (_unwritten.Count > MaxUnwritten)
            _unwritten.TryRemove(_unwritten.Values.MinBy(static incident => incident.Since)!.Id, out _);
    }

    private async Task Write(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var incident in _unwritten.Values)
            {
                await _store.Keep(incident, cancellationToken);

                // What was said of it meanwhile is still to be written.
                _unwritten.TryRemove(KeyValuePair.Create(incident.Id, incident));
            }

            _isFailing = false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_isFailing)
                Safely.Log(exception, () => Log.IncidentNotKept(_logger, exception));

            _isFailing = true;
        }
    }
}
