using System.Runtime.InteropServices;
using System.Text;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Testing.Deliveries.Checks;

/// <summary>The promises that need to know what was sent.</summary>
internal static class Promises
{
    /// <summary>
    /// Once everything has been acknowledged, what C1 says of the state is what the fold gives for what was sent, in
    /// the order in which the vendor said it.
    /// </summary>
    public static IEnumerable<string> Convergence(Evidence evidence)
    {
        var sent = evidence
            .Sendings.GroupBy(static sending => sending.PlannedDelivery.Number)
            .OrderBy(static plannedDelivery => plannedDelivery.Key)
            .ToList();
        if (sent.Exists(static plannedDelivery => plannedDelivery.All(static sending => sending.Acknowledged is null)))
            yield break;

        var inOrder = sent.Select(static plannedDelivery => plannedDelivery.First().PlannedDelivery)
            .Aggregate(WorkflowState.Unknown(evidence.Shown.WorkflowId), static (state, plannedDelivery) =>
                Evidence
                    .Fold.Apply(state, new Receipt(Guid.Empty, 0, plannedDelivery.Source, plannedDelivery.Said))
                    .State
            );
        var (expected, shown) = (
            Converged.Of(inOrder, Evidence.Fold.Vocabulary),
            Converged.Of(evidence.State, Evidence.Fold.Vocabulary)
        );
        if (expected != shown)
            yield return $"in the order in which it was said:\n{expected}as it was folded:\n{shown}";
    }

    /// <summary>
    /// Every acknowledged receipt is there, with the effect and the version that its acknowledgement said.
    /// </summary>
    public static IEnumerable<string> AcknowledgedMeansFolded(Evidence evidence)
    {
        var receipts = evidence.Shown.Receipts.ToLookup(static receipt => receipt.Id);
        foreach (var sending in evidence.Sendings)
        {
            if (sending.Acknowledged is not { } acknowledged)
                continue;

            if (receipts[acknowledged.ReceiptId].FirstOrDefault() is not { } receipt)
                yield return $"receipt {acknowledged.ReceiptId} was acknowledged by {sending.To} and is not there";
            else if ((receipt.Effect, receipt.Version) != (acknowledged.Effect, acknowledged.Version))
                yield return $"receipt {acknowledged.ReceiptId} was acknowledged as {acknowledged.Effect} with version "
                    + $"{acknowledged.Version} and is {receipt.Effect} with version {receipt.Version}";
            else if (receipt.Body != Text(sending.PlannedDelivery))
                yield return $"receipt {acknowledged.ReceiptId} has another body than was acknowledged: {receipt.Body}";
        }
    }

    /// <summary>Every receipt is something that was sent, and nothing is there more often than it was sent.</summary>
    public static IEnumerable<string> NothingInvented(Evidence evidence)
    {
        var written = evidence
            .Sendings.GroupBy(static sending => (sending.PlannedDelivery.Source, Text(sending.PlannedDelivery)))
            .ToDictionary(
                static plannedDelivery => plannedDelivery.Key,
                static plannedDelivery => plannedDelivery.Sum(static sending => sending.Written)
            );
        foreach (var same in evidence.Shown.Receipts.GroupBy(static receipt => (receipt.Source, receipt.Body)))
        {
            var times = written.GetValueOrDefault(same.Key);
            if (times == 0)
                yield return $"receipt {same.First().Id} from {same.Key.Source} was never sent: {same.Key.Body}";
            else if (same.Count() > times)
                yield return $"there are {same.Count()} receipts of what was sent {times} times: "
                    + string.Join(", ", same.Select(static receipt => receipt.Id));
        }

        foreach (
            var twice in evidence
                .Shown.Receipts.GroupBy(static receipt => receipt.Id)
                .Where(static id => id.Count() > 1)
        )
            yield return $"receipt {twice.Key} is there {twice.Count()} times";
    }

    private static string Text(PlannedDelivery plannedDelivery) =>
        Encoding.UTF8.GetString(ImmutableCollectionsMarshal.AsArray(plannedDelivery.Body)!);
}
