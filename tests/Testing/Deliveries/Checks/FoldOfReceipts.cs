using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Testing.Deliveries.Checks;

/// <summary>What the product shows is the fold of the receipts that it shows.</summary>
internal static class FoldOfReceipts
{
    /// <summary>The receipts are shown in the order of <c>seq</c>, which has no hole.</summary>
    public static IEnumerable<string> InOrder(Evidence evidence) =>
        evidence
            .Shown.Receipts.Select(
                static (receipt, place) =>
                    receipt.Seq == place + 1
                        ? null
                        : $"receipt {receipt.Id} is shown in place {place + 1} and has seq {receipt.Seq}"
            )
            .OfType<string>();

    /// <summary>Each receipt has the effect and the version that folding gives.</summary>
    public static IEnumerable<string> EffectsAreTheFolds(Evidence evidence)
    {
        foreach (var (shown, result) in evidence.Folded)
        {
            var effect = ExpectedJson.Word<ReceiptEffect>(result.Effect);
            if (shown.Effect != effect || shown.Version != result.State.Version)
                yield return $"receipt {shown.Id} (seq {shown.Seq}) is {shown.Effect} with version "
                    + $"{shown.Version}, not {effect} with version {result.State.Version}";
        }
    }

    /// <summary>The state is exactly what folding the receipts gives.</summary>
    public static IEnumerable<string> StateIsTheFold(Evidence evidence) =>
        JsonDifferences.Find(ExpectedJson.State(evidence.State), evidence.Shown.State);

    /// <summary>The version is the number of receipts that changed the state.</summary>
    public static IEnumerable<string> VersionCountsChanges(Evidence evidence)
    {
        var version = evidence.Shown.State.GetProperty("version").GetInt64();
        var changes = evidence.Shown.Receipts.Count(static receipt => receipt.Effect is "advanced" or "conflict");
        return version == changes
            ? []
            : [$"the version is {version}, and {changes} receipts advanced it or were in conflict"];
    }
}
