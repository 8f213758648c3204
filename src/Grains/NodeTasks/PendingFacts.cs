using System.Diagnostics;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.NodeTasks;

/// <summary>The facts that share one commit.</summary>
internal sealed class PendingFacts
{
    /// <summary>The bytes that the bodies of several facts may have: they are one write.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;

    private readonly List<FactReceipt> _receipts = [];
    private readonly Dictionary<Guid, int> _places = [];
    private readonly List<(Activity Span, int Place)> _callers = [];
    private long _bytes;

    /// <summary>How many facts there are.</summary>
    public int Count => _receipts.Count;

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
        if (!_places.TryGetValue(receipt.Id, out var place))
        {
            place = _receipts.Count;
            _places.Add(receipt.Id, place);
            _bytes += receipt.Body.Length;
            _receipts.Add(receipt);
        }

        if (Activity.Current is { Recorded: true } caller)
        {
            caller.SetTag("workflow.id", receipt.Fact.WorkflowId);
            caller.SetTag("workflow.receipt.id", receipt.Id.ToString());
            _callers.Add((caller, place));
        }

        return place;
    }

    /// <summary>What is to be committed.</summary>
    public FactCommit ToCommit(string workflowId, string nodeTaskId) =>
        new(workflowId, nodeTaskId, [.. _receipts]) { Callers = [.. _callers.Select(static caller => caller.Span)] };

    /// <summary>Counts the facts, which are durable now, and says on their spans what they did.</summary>
    public void Report(GrainMetrics metrics)
    {
        for (var i = 0; i < Count; i++)
            metrics.Received(_receipts[i].Source, Result!.Effects[i]);

        foreach (var (span, place) in _callers)
            span.SetTag("workflow.effect", GrainMetrics.Word(Result!.Effects[place]));
    }

    /// <summary>The answer to the fact at a place, once it is durable.</summary>
    public Acknowledgement AnswerAt(int place) => new(_receipts[place].Id, Result!.Effects[place], Version: 0);
}
