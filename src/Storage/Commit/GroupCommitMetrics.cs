using System.Diagnostics.Metrics;
using Orleans.Workflow.Grains.Telemetry;
using Orleans.Workflow.Storage.Health;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>
/// The instruments of the group commit. All but the queues are recorded once a batch, not once a notification.
/// </summary>
internal sealed class GroupCommitMetrics
{
    private const string ErrorTypeTag = "error.type";

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
    private readonly SeriesCounter _failures;
    private readonly List<(string Kind, Func<int> Count)> _queues = [];
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

        _failures = new SeriesCounter(
            _meter,
            "workflow.commit.failures",
            "{commit}",
            "Commits that failed, those of probes too, by SQLSTATE or a short name.",
            ErrorTypeTag
        );
        foreach (var code in FailureReason.KnownCodes)
            _failures.Declare(code);

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
        _meter.CreateObservableUpDownCounter(
            "workflow.commit.waiting",
            ObserveQueues,
            "{write}",
            "Writes that wait for the next batch: state rows with their receipts, and facts of a node."
        );
    }

    /// <summary>Shows how many writes of a kind wait for a batch.</summary>
    /// <param name="kind">The kind, as a tag.</param>
    /// <param name="count">Counts them.</param>
    public void ObserveQueue(string kind, Func<int> count)
    {
        lock (_queues)
            _queues.Add((kind, count));
    }

    /// <summary>Shows how much waits.</summary>
    /// <param name="reads">How many state rows wait to be read.</param>
    /// <param name="admitted">How many workflows were let in and are not written yet.</param>
    /// <param name="maxAdmitted">How many may be.</param>
    public void Observe(Func<int> reads, Func<int> admitted, int maxAdmitted)
    {
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
    public void CommitFailed(Exception exception, TimeSpan elapsed)
    {
        _commitDuration.Record(elapsed.TotalSeconds, ErrorType(exception));
        _failures.Add(FailureReason.CodeOf(exception));
    }

    /// <summary>A probe failed: while commits fail nothing else is tried.</summary>
    public void ProbeFailed(Exception exception) => _failures.Add(FailureReason.CodeOf(exception));

    /// <summary>A batch is split after it failed.</summary>
    public void Split() => Interlocked.Increment(ref _splits);

    /// <summary>A batch of reads went through.</summary>
    public void Fetched(TimeSpan elapsed) => _readDuration.Record(elapsed.TotalSeconds);

    /// <summary>A batch of reads failed.</summary>
    public void FetchFailed(Exception exception, TimeSpan elapsed) =>
        _readDuration.Record(elapsed.TotalSeconds, ErrorType(exception));

    private IEnumerable<Measurement<int>> ObserveQueues()
    {
        lock (_queues)
        {
            // A kind may have several queues in tests.
            return
            [
                .. _queues
                    .GroupBy(static queue => queue.Kind, static queue => queue.Count())
                    .Select(static kind => new Measurement<int>(
                        kind.Sum(),
                        new KeyValuePair<string, object?>("workflow.write", kind.Key)
                    )),
            ];
        }
    }

    private static KeyValuePair<string, object?> ErrorType(Exception exception) =>
        new(ErrorTypeTag, FailureReason.CodeOf(exception));
}
