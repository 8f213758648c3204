using System.Diagnostics;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Commit;

/// <summary>Facts of one node that wait to be written.</summary>
internal sealed class FactWrite(FactCommit commit, FactHashes hashes) : IKeyedRequest
{
    private readonly TaskCompletionSource<CommittedFacts> _result = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    /// <inheritdoc/>
    public RowKey Key { get; } =
        RowKey.Of(new GrainStateName("facts", GrainKeys.Facts(commit.WorkflowId, commit.NodetaskId)));

    public FactCommit Commit => commit;

    /// <summary>What became of them.</summary>
    public Task<CommittedFacts> Result => _result.Task;

    /// <inheritdoc/>
    public IReadOnlyList<Activity> Callers => commit.Callers;

    /// <inheritdoc/>
    public int Size { get; } = commit.Receipts.Sum(static receipt => receipt.Body.Length);

    /// <inheritdoc/>
    public int MaxBatch { get; set; } = int.MaxValue;

    /// <summary>The rows of the facts.</summary>
    // Hashed here, before the worker: it has one thread for all nodes.
    public IReadOnlyList<FactRow> Rows { get; } = RowsOf(commit, hashes);

    /// <summary>Says that they are durable.</summary>
    public void Complete(CommittedFacts result) => _result.TrySetResult(result);

    /// <inheritdoc/>
    public void Fail(Exception exception) => _result.TrySetException(exception);

    private static List<FactRow> RowsOf(FactCommit commit, FactHashes hashes)
    {
        var rows = new List<FactRow>(commit.Receipts.Length);
        var first = new Dictionary<Guid, Guid>();
        var variants = new HashSet<Guid>();
        foreach (var receipt in commit.Receipts)
        {
            var fact = receipt.Fact;
            var identity = hashes.OfIdentity(commit.WorkflowId, fact);
            var variant = hashes.OfVariant(identity, receipt.Body.Span);
            rows.Add(
                new FactRow(
                    receipt,
                    identity,
                    variant,
                    first.TryGetValue(identity, out var known) ? known : null,
                    !variants.Add(variant),
                    fact.CaseId is { } caseId ? hashes.OfCase(caseId) : null,
                    fact.Callee is { } callee ? hashes.OfCallee(callee) : null
                )
            );
            first.TryAdd(identity, variant);
        }

        return rows;
    }
}

/// <summary>A fact as it is written.</summary>
/// <param name="Receipt">The fact.</param>
/// <param name="Identity">What makes it the same fact when it comes again.</param>
/// <param name="Variant">The same with its body.</param>
/// <param name="FirstVariant">The variant of the first one with this identity in the same commit; null if this is the
/// first.</param>
/// <param name="IsRepeat">Whether one with this variant is before it in the same commit.</param>
/// <param name="CaseHash">The hash of the entry of the list.</param>
/// <param name="CalleeHash">The hash of the person's number or address.</param>
internal sealed record FactRow(
    FactReceipt Receipt,
    Guid Identity,
    Guid Variant,
    Guid? FirstVariant,
    bool IsRepeat,
    Guid? CaseHash,
    Guid? CalleeHash
);
