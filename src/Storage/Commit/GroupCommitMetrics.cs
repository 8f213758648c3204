using System.Diagnostics.Metrics;
using Orleans.Workflow.Grains.Telemetry;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>
/// The instruments of the group commit. All but the queues are recorded once a batch, not once a notification.
/// </summary>
internal sealed class GroupCommitMetrics
{
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly InstrumentAdvice<int> Rows = new()
    {
        HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096],
    };

    private readonly Meter _meter;
    private readonly Histogram<double> _commitDuration;
    private readonly Histogram<int> _commitSize;
    private readonly Histogram<double> _readDuration;
    private long _versionConflicts;
    private long _splits;

    public GroupCommitMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(WorkflowTelemetry.Name);
        _commitDuration = _meter.CreateHistogram(
            "workflow.commit.duration",
            "s",
            "How long the database took for a batch of writes.",
            advice: Seconds
        );
        _commitSize = _meter.CreateHistogram(
            "workflow.commit.size",
            "{row}",
            "How many state rows were committed together.",
            advice: Rows
        );
        _readDuration = _meter.CreateHistogram(
            "workflow.read.duration",
            "s",
            "How long the database took for a batch of reads of states.",
            advice: Seconds
        );

        // Counted here and observed: what hardly ever happens is shown as 0 from the start, so that an alert sees it
        // happen once.
        _meter.CreateObservableCounter(
            "workflow.commit.version_conflicts",
            () => Volatile.Read(ref _versionConflicts),
            "{row}",
            "State rows not written because another activation had written them."
        );
        _meter.CreateObservableCounter(
            "workflow.commit.splits",
            () => Volatile.Read(ref _splits),
            "{batch}",
            "Batches rolled back and split to find the bad row in them."
        );
    }

    /// <summary>Shows how much waits.</summary>
    /// <param name="writes">How many state rows wait to be written.</param>
    /// <param name="reads">How many wait to be read.</param>
    /// <param name="admitted">How many workflows were let in and are not written yet.</param>
    /// <param name="maxAdmitted">How many may be.</param>
    public void Observe(Func<int> writes, Func<int> reads, Func<int> admitted, int maxAdmitted)
    {
        _meter.CreateObservableUpDownCounter(
            "workflow.commit.waiting",
            writes,
            "{row}",
            "State rows that wait for the next batch of writes."
        );
        _meter.CreateObservableUpDownCounter(
            "workflow.read.waiting",
            reads,
            "{row}",
            "State rows that wait for the next batch of reads."
        );
        _meter.CreateObservableUpDownCounter(
            "workflow.admission.taken",
            admitted,
            "{workflow}",
            "Workflows with notifications that were let in and are not written yet."
        );
        _meter.CreateObservableUpDownCounter(
            "workflow.admission.limit",
            () => maxAdmitted,
            "{workflow}",
            "From how many such workflows on notifications are answered 429."
        );
    }

    /// <summary>A batch of commits went through.</summary>
    /// <param name="size">How many there were.</param>
    /// <param name="conflicts">How many were not next although they had read their row.</param>
    /// <param name="elapsed">How long the database took.</param>
    public void Committed(int size, int conflicts, TimeSpan elapsed)
    {
        _commitDuration.Record(elapsed.TotalSeconds);
        _commitSize.Record(size);
        Interlocked.Add(ref _versionConflicts, conflicts);
    }

    /// <summary>A batch of writes failed.</summary>
    public void CommitFailed(Exception exception, TimeSpan elapsed) =>
        _commitDuration.Record(elapsed.TotalSeconds, ErrorType(exception));

    /// <summary>A batch is split after it failed.</summary>
    public void Split() => Interlocked.Increment(ref _splits);

    /// <summary>A batch of reads went through.</summary>
    public void Fetched(TimeSpan elapsed) => _readDuration.Record(elapsed.TotalSeconds);

    /// <summary>A batch of reads failed.</summary>
    public void FetchFailed(Exception exception, TimeSpan elapsed) =>
        _readDuration.Record(elapsed.TotalSeconds, ErrorType(exception));

    private static KeyValuePair<string, object?> ErrorType(Exception exception) =>
        new("error.type", exception.GetType().FullName);
}
