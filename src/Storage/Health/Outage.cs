using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains;

namespace Orleans.Workflow.Storage.Health;

/// <summary>
/// One outage after another, logged with an entry for the first failure, one every ten seconds that it lasts, and one
/// for its end. Thread-safe.
/// </summary>
/// <param name="what">What fails, as the subject of a sentence.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed class Outage(string what, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan BetweenSummaries = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private volatile Failure? _first;
    private volatile string _lastReason = string.Empty;
    private long _failures;
    private long _refused;
    private long _loggedAt;

    /// <summary>The reason of the last failure, without secrets; null while there is no outage.</summary>
    public string? Reason => _first is null ? null : _lastReason;

    /// <summary>When the first failure was; null while there is no outage.</summary>
    public DateTimeOffset? Since => _first?.Since;

    /// <summary>Whether there is an outage.</summary>
    public bool IsOn => _first is not null;

    /// <summary>Counts a failure; the first begins the outage.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="reason">Why, without secrets; null for that of the exception.</param>
    /// <param name="refused">How many requests were refused by it.</param>
    public void Failed(Exception exception, string? reason = null, int refused = 0)
    {
        ArgumentNullException.ThrowIfNull(exception);
        lock (_lock)
        {
            _failures++;
            _refused += refused;
            _lastReason = reason ?? FailureReason.Of(exception);
            var now = time.GetTimestamp();
            if (_first is not { } first)
            {
                (_first, _loggedAt) = (new Failure(now, time.GetUtcNow()), now);
                Safely.Run(() => Log.OutageBegan(logger, exception, what, _lastReason));
            }
            else if (time.GetElapsedTime(_loggedAt, now) >= BetweenSummaries)
            {
                _loggedAt = now;
                Summarise(first, now);
            }
        }
    }

    /// <summary>Counts requests that were refused because of the outage; those of no outage are not counted.</summary>
    public void Refused(int requests)
    {
        if (!IsOn)
            return;

        lock (_lock)
            _refused += requests;
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

            var (seconds, counts) = (time.GetElapsedTime(first.At).TotalSeconds, Counts());
            (_first, _failures, _refused) = (null, 0, 0);
            Safely.Run(() => Log.OutageEnded(logger, what, seconds, first.SinceText, counts));
        }
    }

    private void Summarise(Failure first, long now)
    {
        var seconds = time.GetElapsedTime(first.At, now).TotalSeconds;
        var counts = Counts();
        Safely.Run(() => Log.OutageLasts(logger, what, first.SinceText, seconds, counts, _lastReason));
    }

    /// <summary>Not every outage is one of requests: where none were refused, nothing is said of them.</summary>
    private string Counts() =>
        _refused == 0 ? $"{_failures} failures" : $"{_failures} failures, {_refused} requests refused";

    private sealed record Failure(long At, DateTimeOffset Since)
    {
        public string SinceText => $"{Since.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}";
    }
}
