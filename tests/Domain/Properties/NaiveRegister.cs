using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>The join of an observation into a register, read off the table in the specification line by line.</summary>
internal sealed class NaiveRegister
{
    private readonly SortedDictionary<WorkflowOutcome, ParsedStatus> _ends = [];
    private ParsedStatus? _live;
    private int _rank;

    public WorkflowPhase? Phase { get; private set; }

    public bool IsRecognised(Vocabulary vocabulary) => _live is not { } live || vocabulary.Read(live.Word).Recognised;

    public ReceiptEffect Join(ParsedStatus reported, bool provablyOld)
    {
        if (Phase is null || reported.Phase > Phase)
        {
            Phase = reported.Phase;
            _live = reported.Outcome is null ? reported : null;
            _rank = reported.Outcome is null ? reported.Rank : 0;
            if (reported.Outcome is { } first)
                _ends[first] = reported;

            return ReceiptEffect.Advanced;
        }

        if (reported.Phase < Phase)
            return ReceiptEffect.Stale;

        if (reported.Outcome is { } outcome)
            return JoinEnd(outcome, reported);

        if (reported.Normalised == _live!.Value.Normalised)
            return ReceiptEffect.Duplicate;

        if (reported.Recognised && reported.Rank < _rank)
            return ReceiptEffect.Stale;

        if (provablyOld && !(reported.Recognised && reported.Rank > _rank))
            return ReceiptEffect.Stale;

        _live = reported;
        _rank = Math.Max(_rank, reported.Rank);
        return ReceiptEffect.Advanced;
    }

    public override string ToString() =>
        $"{Phase} {_live?.Word} {_rank} "
        + $"{Word(WorkflowOutcome.Completed)}/{Word(WorkflowOutcome.Cancelled)}/{Word(WorkflowOutcome.Failed)}";

    public static string Describe(StatusRegister? register) =>
        $"{register?.Phase} {register?.Live} {register?.Rank ?? 0} "
        + $"{register?.Completed}/{register?.Cancelled}/{register?.Failed}";

    private string? Word(WorkflowOutcome outcome) => _ends.TryGetValue(outcome, out var status) ? status.Word : null;

    private ReceiptEffect JoinEnd(WorkflowOutcome outcome, ParsedStatus reported)
    {
        if (!_ends.TryGetValue(outcome, out var known))
        {
            _ends[outcome] = reported;
            return ReceiptEffect.Conflict;
        }

        var smallest = new[] { known, reported }
            .OrderByDescending(status => status.Rank)
            .ThenBy(status => status.Normalised, StringComparer.Ordinal)
            .ThenBy(status => status.Word, StringComparer.Ordinal)
            .First();
        _ends[outcome] = smallest;
        return smallest.Word == known.Word ? ReceiptEffect.Duplicate : ReceiptEffect.Advanced;
    }
}
