using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Replays;

namespace Orleans.Workflow.Grains.Explaining;

/// <summary>
/// Follows a replay and keeps, for each register and name, which receipt decided it and which ones it overruled, by the
/// fold's own trace. It holds as much as the state has registers, whatever the number of receipts.
/// </summary>
public sealed class Explainer
{
    private readonly Dictionary<Topic, TopicLog> _topics = [];
    private readonly SortedDictionary<string, ReceiptReference> _sources = new(StringComparer.Ordinal);
    private readonly Action<Topic, Overruled>? _overruled;

    /// <summary>Begins before the first receipt.</summary>
    /// <param name="overruled">Sees everything that is overruled, in the order in which that happens; null for
    /// none.</param>
    public Explainer(Action<Topic, Overruled>? overruled = null) => _overruled = overruled;

    /// <summary>The first receipt of each source, by the name of the source.</summary>
    internal IReadOnlyDictionary<string, ReceiptReference> Sources => _sources;

    /// <summary>The replay begins.</summary>
    /// <param name="start">With what: nothing, or the fold of the receipts that were removed.</param>
    public void Begins(WorkflowState start)
    {
        ArgumentNullException.ThrowIfNull(start);
        new RemovedTopics(start).AddTo(_topics);
        foreach (var source in start.Sources)
            _sources.Add(source, new ReceiptReference(start.Seq, null, null, source));
    }

    /// <summary>A receipt was folded.</summary>
    /// <param name="row">The receipt.</param>
    /// <param name="vocabulary">What it was folded under.</param>
    /// <param name="trace">What the fold decided; emptied afterwards.</param>
    public void Folded(ReceiptRow row, Vocabulary vocabulary, FoldTrace trace)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(trace);
        var receipt = new ReceiptReference(
            row.Seq,
            row.Id,
            DateTimeOffset.FromUnixTimeMilliseconds(row.ReceivedAt),
            row.Source
        );
        if (row.Kind == ReceiptKind.Notification)
            _sources.TryAdd(row.Source, receipt);

        foreach (var decision in trace.Decisions)
            Add(receipt, decision, trace.ProvablyOld, vocabulary);

        foreach (var decision in trace.Names)
            Add(receipt, decision, trace.ProvablyOld);
    }

    /// <summary>Explains the state that the replay led to.</summary>
    public Explanation Explain(ReplayedWorkflow replayed)
    {
        ArgumentNullException.ThrowIfNull(replayed);
        return new Explanations(this, replayed.Vocabulary.Ranking).Of(replayed.State, replayed.Vocabulary.Fingerprint);
    }

    /// <summary>What became of a register or name.</summary>
    internal TopicLog Of(Topic topic) => _topics[topic];

    private void Add(ReceiptReference receipt, in Decision decision, AgeProof? proof, Vocabulary vocabulary)
    {
        var topic = new Topic(decision.Subject, null);
        var row = decision.Row;
        if (!_topics.TryGetValue(topic, out var log))
        {
            _topics.Add(topic, log = new TopicLog(receipt, decision.Reported));
        }
        else if (row.Resolution == Resolution.Keep)
        {
            Overrule(
                topic,
                log,
                new Overruled(
                    receipt,
                    decision.Reported,
                    Reason(row),
                    row.Rule,
                    RuleSentences.Of(row.Rule),
                    log.DecidedBy,
                    row.Effect == ReceiptEffect.Stale ? View(proof) : null
                )
            );
        }
        else if (log.DecidedBy != receipt)
        {
            Overrule(
                topic,
                log,
                new Overruled(
                    log.DecidedBy,
                    log.Reported,
                    Reason(row),
                    row.Rule,
                    RuleSentences.Of(row.Rule),
                    receipt,
                    null
                )
            );
        }

        if (row.Resolution == Resolution.Keep)
            return;

        log.Decide(receipt, decision.Reported);
        if (row.Resolution == Resolution.Replace)
            log.Reset();

        if (vocabulary.Read(decision.Reported).Outcome is { } outcome)
            log.Keep(outcome, receipt);
    }

    private void Add(ReceiptReference receipt, in NameDecision decision, AgeProof? proof)
    {
        var topic = new Topic(decision.Subject, decision.Name);
        if (!_topics.TryGetValue(topic, out var log))
        {
            _topics.Add(topic, new TopicLog(receipt, decision.Reported));
        }
        else if (decision.Takes)
        {
            Overrule(
                topic,
                log,
                new Overruled(
                    log.DecidedBy,
                    log.Reported,
                    OverruledReason.Superseded,
                    null,
                    "a later receipt that was not behind reported another name",
                    receipt,
                    null
                )
            );
            log.Decide(receipt, decision.Reported);
        }
        else
        {
            var (reason, sentence) = proof is null
                ? (OverruledReason.Stale, "the receipt was behind the workflow's phase")
                : (OverruledReason.ProvablyOld, "the receipt was provably old");
            Overrule(
                topic,
                log,
                new Overruled(receipt, decision.Reported, reason, null, sentence, log.DecidedBy, View(proof))
            );
        }
    }

    private void Overrule(Topic topic, TopicLog log, Overruled overruled)
    {
        log.Add(overruled);
        _overruled?.Invoke(topic, overruled);
    }

    private static OverruledReason Reason(in RuleRow row) =>
        row switch
        {
            { Rule: Rule.OtherWordProvablyOld } => OverruledReason.ProvablyOld,
            { Effect: ReceiptEffect.Duplicate } => OverruledReason.Duplicate,
            { Effect: ReceiptEffect.Stale } => OverruledReason.Stale,
            { Effect: ReceiptEffect.Conflict } => OverruledReason.Conflict,
            _ => OverruledReason.Superseded,
        };

    private static ProofView? View(AgeProof? proof) =>
        proof is { } old
            ? new ProofView(new SubjectView(old.Task.NodeTaskId, old.Task.TaskId), old.Reported, old.Known, old.KnownBy)
            : null;
}
