using System.Text.Json;

namespace Orleans.Workflow.Testing.Deliveries.Checks;

/// <summary>What is kept beside the state agrees with it.</summary>
internal static class Derived
{
    /// <summary>Each node's own grain shows what the workflow shows of it.</summary>
    public static IEnumerable<string> NodesAgree(Evidence evidence)
    {
        foreach (var node in evidence.Shown.State.GetProperty("nodes").EnumerateArray())
        {
            var id = node.GetProperty("nodetask_id").GetString()!;
            if (!evidence.Shown.Nodes.TryGetValue(id, out var own))
            {
                yield return $"node {id} does not know itself";
                continue;
            }

            foreach (var difference in JsonDifferences.Find($"node {id}: $", node, own))
                yield return difference;
        }
    }

    /// <summary>The list shows what folding gives.</summary>
    public static IEnumerable<string> ListAgrees(Evidence evidence) =>
        evidence.Shown.Row is { } row
            ? JsonDifferences.Find(ExpectedJson.Row(evidence.State), row)
            : ["it is not in the list"];

    /// <summary>The history shows exactly the transitions that folding makes.</summary>
    public static IEnumerable<string> HistoryIsTheFolds(Evidence evidence)
    {
        var expected = evidence.Folded.SelectMany(ExpectedJson.Transitions).ToList();
        if (expected.Count != evidence.Shown.History.Length)
            yield return $"there are {evidence.Shown.History.Length} transitions, not {expected.Count}";

        foreach (var (transition, shown) in expected.Zip(evidence.Shown.History))
        {
            foreach (
                var difference in JsonDifferences.Find(
                    $"transition {Place(shown)}: $",
                    JsonSerializer.SerializeToElement(transition),
                    shown
                )
            )
                yield return difference;
        }
    }

    private static string Place(JsonElement transition) =>
        $"{transition.GetProperty("version")}/{transition.GetProperty("ordinal")}";
}
