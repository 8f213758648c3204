using System.Runtime.InteropServices;
using System.Text;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Testing.Deliveries.Checks;

/// <summary>The promises that need to know what was sent.</summary>
internal static class Promises
{
    /// <summary>
    /// Once everything has been acknowledged, what C1 says of the state is what the fold gives for what was sent, in the order in
    /// which the vendor said it.
    /// </summary>
    public static IEnumerable<string> Convergence(Evidence evidence)
    {
        var sent = evidence.Sendings.GroupBy(static sending => sending.Parcel.Number).OrderBy(static parcel => parcel.Key).ToList();
        if (sent.Exists(static parcel => parcel.All(static sending => sending.Acknowledged is null)))
            yield break;

        var inOrder = sent
            .Select(static parcel => parcel.First().Parcel)
            .Aggregate(WorkflowState.Unknown(evidence.Shown.WorkflowId), static (state, parcel) =>
                Evidence.Fold.Apply(state, new Receipt(Guid.Empty, 0, parcel.Source, parcel.Said)).State);
        var (expected, shown) = (Converged.Of(inOrder, Evidence.Fold.Vocabulary), Converged.Of(evidence.State, Evidence.Fold.Vocabulary));
        if (expected != shown)
            yield return $"in the order in which it was said:\n{expected}as it was folded:\n{shown}";
    }

    /// <summary>Every acknowledged receipt is there, with the effect and the version that its acknowledgement said.</summary>
    public static IEnumerable<string> AcknowledgedMeansFolded(Evidence evidence)
    {
        var receipts = evidence.Shown.Receipts.ToLookup(static receipt => receipt.Id);
        foreach (var sending in evidence.Sendings)
        {
            if (sending.Acknowledged is not { } told)
                continue;

            if (receipts[told.ReceiptId].FirstOrDefault() is not { } receipt)
                yield return $"receipt {told.ReceiptId} was acknowledged by {sending.To} and is not there";
            else if ((receipt.Effect, receipt.Version) != (told.Effect, told.Version))
                yield return $"receipt {told.ReceiptId} was acknowledged as {told.Effect} with version {told.Version} and is {receipt.Effect} with version {receipt.Version}";
            else if (receipt.Body != Text(sending.Parcel))
                yield return $"receipt {told.ReceiptId} has another body than what was acknowledged: {receipt.Body}";
        }
    }

    /// <summary>Every receipt is something that was sent, and nothing is there more often than it was sent.</summary>
    public static IEnumerable<string> NothingInvented(Evidence evidence)
    {
        var written = evidence.Sendings
            .GroupBy(static sending => (sending.Parcel.Source, Text(sending.Parcel)))
            .ToDictionary(static parcel => parcel.Key, static parcel => parcel.Sum(static sending => sending.Written));
        foreach (var same in evidence.Shown.Receipts.GroupBy(static receipt => (receipt.Source, receipt.Body)))
        {
            var times = written.GetValueOrDefault(same.Key);
            if (times == 0)
                yield return $"receipt {same.First().Id} from {same.Key.Source} was never sent: {same.Key.Body}";
            else if (same.Count() > times)
                yield return $"there are {same.Count()} receipts of what was sent {times} times: {string.Join(", ", same.Select(static receipt => receipt.Id))}";
        }

        foreach (var twice in evidence.Shown.Receipts.GroupBy(static receipt => receipt.Id).Where(static id => id.Count() > 1))
            yield return $"receipt {twice.Key} is there {twice.Count()} times";
    }

    private static string Text(Parcel parcel) => Encoding.UTF8.GetString(ImmutableCollectionsMarshal.AsArray(parcel.Body)!);
}
