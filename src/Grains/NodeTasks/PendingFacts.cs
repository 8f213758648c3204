using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.NodeTasks;

/// <summary>The facts that share one commit.</summary>
internal sealed class PendingFacts
{
    /// <summary>The bytes that the bodies of several facts may have: they are one write.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    private readonly List<FactReceipt> _receipts = [];
    private long _bytes;

    /// <summary>How many facts there are.</summary>
    public int Count => _receipts.Count;

    /// <summary>The facts, in the order in which they came.</summary>
    public IReadOnlyList<FactReceipt> Receipts => _receipts;

    /// <summary>What becomes of them.</summary>
    public CommittedFacts? Result { get; set; }

    /// <summary>Completes when they are durable.</summary>
    public Task Committed { get; set; } = Task.CompletedTask;

    /// <summary>Whether a fact is not too large to be committed with those that are here.</summary>
    public bool HasRoomFor(FactReceipt receipt) => Count == 0 || _bytes + receipt.Body.Length <= MaxBytes;

    /// <summary>Adds a fact; one that is here already has the place that it has.</summary>
    /// <returns>Its place.</returns>
    public int Add(FactReceipt receipt)
    {
        var place = _receipts.FindIndex(known => known.Id == receipt.Id);
        if (place >= 0)
            return place;

        _bytes += receipt.Body.Length;
        _receipts.Add(receipt);
        return _receipts.Count - 1;
    }

    /// <summary>The answer to the fact at a place, once it is durable.</summary>
    public Acknowledgement AnswerAt(int place) => new(_receipts[place].Id, Result!.Effects[place], Version: 0);
}
