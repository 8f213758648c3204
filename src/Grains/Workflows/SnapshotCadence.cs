using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>
/// When a large state is written as a whole. In between, a commit writes the receipts and the state without its nodes,
/// and a read folds the receipts behind the snapshot. Those weigh at most about as much as the state: so a notification
/// costs what it says and its share of a snapshot, and a read at most about twice the state.
/// </summary>
/// <param name="MinBytes">From how many bytes on a state is large.</param>
/// <param name="BytesPerReceipt">What a receipt weighs beside its body.</param>
/// <param name="MaxBehind">How many times the state's bytes the receipts behind a snapshot may weigh.</param>
public sealed record SnapshotCadence(long MinBytes, long BytesPerReceipt, int MaxBehind)
{
    /// <summary>That of the product.</summary>
    public static readonly SnapshotCadence Default = new(MinBytes: 64 * 1024, BytesPerReceipt: 8 * 1024, MaxBehind: 1);

    /// <summary>Whether a state is large.</summary>
    public bool IsLarge(WorkflowState state) => state.Totals.Bytes >= MinBytes;

    /// <summary>What a receipt weighs.</summary>
    public long WeightOf(ReceiptRow receipt) => BytesPerReceipt + receipt.Body.Length;

    /// <summary>Whether so much lies behind the last snapshot that the next one is due.</summary>
    public bool IsDue(WorkflowState state, long behind) => behind >= state.Totals.Bytes * MaxBehind;
}
