using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Explaining;

/// <summary>
/// What became of one register or name: which receipt decided it, and which ones it overruled. Its size does not depend
/// on the number of receipts.
/// </summary>
/// <param name="decidedBy">The receipt that decided first.</param>
/// <param name="reported">What it reported.</param>
internal sealed class TopicLog(ReceiptReference decidedBy, string reported)
{
    /// <summary>How many of the overruled are kept to be shown.</summary>
    public const int MaxShown = 5;

    private readonly long[] _counts = new long[Enum.GetValues<OverruledReason>().Length];
    private readonly ReceiptReference?[] _outcomes = new ReceiptReference?[Enum.GetValues<WorkflowOutcome>().Length];
    private readonly Queue<Overruled> _latest = new(0);

    /// <summary>The receipt that decided the present value.</summary>
    public ReceiptReference DecidedBy { get; private set; } = decidedBy;

    /// <summary>What it reported.</summary>
    public string Reported { get; private set; } = reported;

    /// <summary>Notes which receipt decides from now on.</summary>
    public void Decide(ReceiptReference receipt, string reported) => (DecidedBy, Reported) = (receipt, reported);

    /// <summary>Notes whose word is kept for an outcome.</summary>
    public void Keep(WorkflowOutcome outcome, ReceiptReference receipt) => _outcomes[(int)outcome] = receipt;

    /// <summary>Forgets the words of all outcomes: the register took another value.</summary>
    public void Reset() => Array.Clear(_outcomes);

    /// <summary>The receipt whose word is kept for an outcome.</summary>
    public ReceiptReference KeptFor(WorkflowOutcome outcome) => _outcomes[(int)outcome] ?? DecidedBy;

    /// <summary>Notes that something was overruled.</summary>
    public void Add(Overruled overruled)
    {
        _counts[(int)overruled.Reason]++;
        if (_latest.Count == MaxShown)
            _latest.Dequeue();

        _latest.Enqueue(overruled);
    }

    /// <summary>What was overruled, in short.</summary>
    public OverruledSummary Summarise()
    {
        var byReason = ImmutableArray.CreateBuilder<ReasonCount>();
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0)
                byReason.Add(new ReasonCount((OverruledReason)i, _counts[i]));
        }

        return new OverruledSummary(_counts.Sum(), byReason.DrainToImmutable(), [.. _latest.Reverse()]);
    }
}
