using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;

namespace Orleans.Workflow.Grains.Explaining;

/// <summary>What became of one register or name: who decided it, and whom that overruled. As large for a thousand receipts as for ten.</summary>
/// <param name="decidedBy">The receipt that decided first.</param>
/// <param name="told">What it told.</param>
internal sealed class TopicLog(ReceiptReference decidedBy, string told)
{
    /// <summary>How many of the overruled are kept to be shown.</summary>
    public const int MostShown = 5;

    private readonly long[] _counts = new long[Enum.GetValues<OverruledReason>().Length];
    private readonly ReceiptReference?[] _outcomes = new ReceiptReference?[Enum.GetValues<Outcome>().Length];
    private readonly Queue<Overruled> _latest = new(0);

    /// <summary>The receipt that decided the present value.</summary>
    public ReceiptReference DecidedBy { get; private set; } = decidedBy;

    /// <summary>What it told.</summary>
    public string Told { get; private set; } = told;

    /// <summary>Notes who decides from now on.</summary>
    public void Decide(ReceiptReference receipt, string told) => (DecidedBy, Told) = (receipt, told);

    /// <summary>Notes whose word is kept for an outcome.</summary>
    public void Keep(Outcome outcome, ReceiptReference receipt) => _outcomes[(int)outcome] = receipt;

    /// <summary>Forgets the words of all outcomes: the register took another value.</summary>
    public void Reset() => Array.Clear(_outcomes);

    /// <summary>The receipt whose word is kept for an outcome.</summary>
    public ReceiptReference KeptFor(Outcome outcome) => _outcomes[(int)outcome] ?? DecidedBy;

    /// <summary>Notes that something was overruled.</summary>
    public void Add(Overruled overruled)
    {
        _counts[(int)overruled.Reason]++;
        if (_latest.Count == MostShown)
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
