using System.Text.Json;
using Orleans.Workflow.Benchmarks.Workloads;

namespace Orleans.Workflow.Benchmarks.Checks;

/// <summary>For the peers: they hold the last message that was acknowledged.</summary>
internal sealed class LastMessageCheck : IStateCheck
{
    private static readonly string[] Fields = ["nodetask_name", "node_type", "task_id", "task_status"];

    public string? Compare(History history, JsonElement answer)
    {
        using var document = JsonDocument.Parse(history.Bodies[^1]);
        var sent = document.RootElement;
        foreach (var field in (string[])["workflow_id", "workflow_name", "status"])
        {
            if (Text(sent, field) != Text(answer, field))
                return $"{field} is {Text(answer, field)}, sent was {Text(sent, field)}";
        }

        var nodes = answer.GetProperty("nodes").EnumerateArray().ToDictionary(node => Text(node, "nodetask_id")!);
        foreach (var action in sent.GetProperty("actions").EnumerateArray())
        {
            var id = Text(action, "nodetask_id")!;
            if (!nodes.Remove(id, out var node))
                return $"node {id} is missing";

            foreach (var field in Fields)
            {
                if (Text(action, field) != Text(node, field))
                    return $"node {id}: {field} is {Text(node, field)}, sent was {Text(action, field)}";
            }
        }

        return nodes.Count == 0 ? null : $"{nodes.Count} nodes were never sent";
    }

    private static string? Text(JsonElement element, string field) =>
        element.TryGetProperty(field, out var value) ? value.GetString() : null;
}
