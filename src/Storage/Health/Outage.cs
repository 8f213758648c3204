using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains;

namespace Orleans.Workflow.Storage.Health;

/// <summary>
/// One outage after another, logged with a line each for the first failure, for every minute that it lasts, and for its
/// end. Thread-safe.
/// </summary>
/// <param name="what">What fails, as the subject of a sentence.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class Outage(string what, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan BetweenSummaries = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private volatile Failure? _first;
    private volatile string _lastReason = string.Empty;
    private long _failures;
    private long _loggedAt;

    /// <summary>The reason of the last failure, without secrets; null while there is no outage.</summary>
    public string? Reason => _first is null ? null : _lastReason;

    /// <summary>Whether there is an outage.</summary>
    public bool IsOn => _first is not null;

    /// <summary>Counts a failure; the first begins the outage.</summary>
    public void Failed(Exception exception)
    {
        lock (_lock)
        {
            _failures++;
            _lastReason = FailureReason.Of(exception);
            var now = time.GetTimestamp();
            if (_first is not { } first)
            {
                (_first, _loggedAt) = (new Failure(now), now);
                Safely.Run(() => Log.OutageBegan(logger, exception, what, _lastReason));
            }
            else if (time.GetElapsedTime(_loggedAt, now) >= BetweenSummaries)
            {
                _loggedAt = now;
                var seconds = time.GetElapsedTime(first.At, now).TotalSeconds;
                Safely.Run(() => Log.OutageLasts(logger, what, seconds, _failures, _lastReason));
            }
        }
    }

    /// <summary>Ends the outage, if there is one.</summary>
    public void Ended()
    {
        if (_first is null)
            return;

        lock (_lock)
        {
            if (_first is not { } first)
                return;

            var failures = _failures;
            (_first, _failures) = (null, 0);
            Safely.Run(() => Log.OutageEnded(logger, what, time.GetElapsedTime(first.At).TotalSeconds, failures));
        }
    }

    private sealed record Failure(long At);
}
