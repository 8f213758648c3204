using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains.Telemetry;

namespace Orleans.Workflow.Storage.Health;

/// <summary>
/// The one place that knows whether commits go through. It judges by the last outcomes and, while there are none or
/// while they fail, by a small commit of its own (see <see cref="CommitProbe"/>). Readiness, the answer 503 and the
/// metric follow it. Thread-safe.
/// </summary>
/// <remarks>
/// A failed commit of a lost connection is tried once more on another one before anybody calls it an outage. While
/// there is one, writes are refused at once; when a probe has gone through they are admitted again as a trial. The
/// outage ends with the first commit, or when probes have gone through for a while. A trial that fails makes the next
/// one come later: a probe is small, and a disk that is full may have room for it.
/// </remarks>
public sealed class CommitHealth
{
    private const int UnprovenFailures = 3;

    private static readonly TimeSpan UnprovenTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TrialTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan MinTrialDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxTrialDelay = TimeSpan.FromSeconds(8);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Outage _outage;
    private TaskCompletionSource _suspected = NewSuspicion();

    private volatile State _state = State.Working;
    private long _succeededAt;
    private int _failures;
    private long _firstFailedAt;
    private long _trialAt;
    private TimeSpan _trialDelay = MinTrialDelay;

    /// <summary>Starts as working.</summary>
    public CommitHealth(IMeterFactory meters, TimeProvider time, ILogger<CommitHealth> logger)
    {
        ArgumentNullException.ThrowIfNull(meters);
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _outage = new Outage("Commits", time, logger);
        _succeededAt = time.GetTimestamp();
        meters
            .Create(WorkflowTelemetry.Name)
            .CreateObservableGauge(
                "workflow.commit.failing",
                () => _state == State.Working ? 0 : 1,
                description: "1 while the last commits failed, else 0."
            );
    }

    private enum State
    {
        Working,
        Failing,
        Trial,
    }

    /// <summary>Why commits fail, without secrets; null while they go through.</summary>
    public string? Reason => _state == State.Working ? null : _outage.Reason;

    /// <summary>Since when commits fail; null while they go through.</summary>
    public DateTimeOffset? FailingSince => _state == State.Working ? null : _outage.Since;

    /// <summary>Whether a write is of no use at the moment.</summary>
    public bool IsClosed => _state == State.Failing;

    /// <summary>Whether the last commits failed.</summary>
    public bool IsFailing => _state != State.Working;

    /// <summary>How long no commit has gone through.</summary>
    internal TimeSpan Idle => _time.GetElapsedTime(Volatile.Read(ref _succeededAt));

    /// <summary>Notes that a commit went through.</summary>
    internal void Succeeded()
    {
        Volatile.Write(ref _succeededAt, _time.GetTimestamp());
        if (_state == State.Working && Volatile.Read(ref _failures) == 0)
            return;

        lock (_lock)
            Recover();
    }

    /// <summary>Notes that a commit failed for a reason that may lie with the database.</summary>
    /// <param name="exception">Why.</param>
    /// <param name="isOfDatabase">Whether it is certain that the next commit fails too.</param>
    internal void Failed(Exception exception, bool isOfDatabase)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (_failures++ == 0)
                _firstFailedAt = now;

            if (
                isOfDatabase
                || _state != State.Working
                || (_failures >= UnprovenFailures && _time.GetElapsedTime(_firstFailedAt, now) >= UnprovenTime)
            )
            {
                Fail(exception, now);
            }
        }

        Volatile.Read(ref _suspected).TrySetResult();
    }

    /// <summary>Counts requests that were refused because commits fail.</summary>
    internal void Refused(int requests) => _outage.Refused(requests);

    /// <summary>Notes what became of a probe.</summary>
    /// <param name="exception">Why it failed; null if it went through.</param>
    internal void Probed(Exception? exception)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            if (exception is not null)
            {
                Fail(exception, now);
                return;
            }

            if (_state == State.Working)
            {
                _succeededAt = now;
            }
            else if (_state == State.Failing && _time.GetElapsedTime(_trialAt, now) >= _trialDelay - MinTrialDelay)
            {
                (_state, _trialAt) = (State.Trial, now);
            }
            else if (_state == State.Trial && _time.GetElapsedTime(_trialAt, now) >= TrialTime)
            {
                Recover();
            }
        }
    }

    /// <summary>Waits until a commit has failed, so that a probe is wanted at once.</summary>
    /// <returns>False if that did not happen in time.</returns>
    internal async Task<bool> WhenSuspected(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var suspected = Volatile.Read(ref _suspected).Task;
        var isSuspected = await Task.WhenAny(suspected, Task.Delay(atMost, _time, cancellationToken)) == suspected;
        cancellationToken.ThrowIfCancellationRequested();
        if (isSuspected)
            Volatile.Write(ref _suspected, NewSuspicion());

        return isSuspected;
    }

    private void Fail(Exception exception, long now)
    {
        if (_state == State.Trial)
            _trialDelay = TimeSpan.FromTicks(Math.Min(2 * _trialDelay.Ticks, MaxTrialDelay.Ticks));

        (_state, _trialAt) = (State.Failing, now);
        _outage.Failed(exception);
    }

    private void Recover()
    {
        (_state, _failures, _trialDelay) = (State.Working, 0, MinTrialDelay);
        _outage.Ended();
    }

    private static TaskCompletionSource NewSuspicion() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
