using System.Text.Json;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Audit;

/// <summary>
/// Collects what is found about a workflow, bounded: a broken fold may differ in each of a million receipts.
/// </summary>
/// <param name="workflowId">The workflow.</param>
internal sealed class Findings(string workflowId)
{
    private const int MaxKept = 20;
    private const int MaxValueLength = 400;

    private readonly List<Finding> _all = [];

    /// <summary>What was found.</summary>
    public IReadOnlyList<Finding> All => _all;

    /// <summary>Adds a finding, while there is room.</summary>
    public void Add(FindingKind kind, string where, string? expected, string? stored)
    {
        if (_all.Count < MaxKept)
            _all.Add(new Finding(workflowId, kind, where, Cut(expected), Cut(stored)));
    }

    /// <summary>Adds a finding if two texts differ.</summary>
    public void Compare(FindingKind kind, string where, string? expected, string? stored)
    {
        if (expected != stored)
            Add(kind, where, expected, stored);
    }

    /// <summary>Adds a finding where two JSON texts differ first.</summary>
    public void CompareJson(FindingKind kind, string where, string expected, string stored)
    {
        if (JsonDifference.Find(expected, stored) is { } difference)
            Add(kind, where + difference.Path[1..], difference.Expected, difference.Stored);
    }

    /// <summary>Compares what a stored receipt says it did with what folding it does.</summary>
    public void CompareReceipt(ReceiptRow expected, ReceiptRow stored)
    {
        var where = $"receipt {stored.Seq}";
        Compare(
            FindingKind.ReceiptEffect,
            where,
            $"{expected.Effect} to version {expected.Version}",
            $"{stored.Effect} to version {stored.Version}"
        );
        if (!expected.Transitions.SequenceEqual(stored.Transitions))
            CompareJson(
                FindingKind.Transitions,
                where,
                JsonSerializer.Serialize(expected.Transitions, AuditJson.Default.ImmutableArrayTransitionRow),
                JsonSerializer.Serialize(stored.Transitions, AuditJson.Default.ImmutableArrayTransitionRow)
            );
    }

    private static string? Cut(string? value) =>
        value is { Length: > MaxValueLength } ? value[..MaxValueLength] + "…" : value;
}
