using System.Collections.Immutable;

namespace Orleans.Workflow.Testing.Deliveries.Checks;

/// <summary>Something that must hold of each workflow after a run.</summary>
/// <param name="Name">What must hold.</param>
/// <param name="Find">Says each way in which it does not.</param>
public sealed record DeliveryCheck(string Name, Func<Evidence, IEnumerable<string>> Find)
{
    /// <summary>All checks.</summary>
    public static readonly ImmutableArray<DeliveryCheck> All =
    [
        new("C1 convergence", Promises.Convergence),
        new("C3 acknowledged means folded", Promises.AcknowledgedMeansFolded),
        new("C4 nothing invented", Promises.NothingInvented),
        new("receipts in order", FoldOfReceipts.InOrder),
        new("effects are the fold's", FoldOfReceipts.EffectsAreTheFolds),
        new("state is the fold", FoldOfReceipts.StateIsTheFold),
        new("version counts changes", FoldOfReceipts.VersionCountsChanges),
        new("nodes agree", Derived.NodesAgree),
        new("list agrees", Derived.ListAgrees),
        new("history is the fold's", Derived.HistoryIsTheFolds),
        new("history replays", HistoryReplay.ReachesTheState),
    ];
}
