using System.Text.Json;

namespace Orleans.Workflow.Testing.Deliveries.Checks;

/// <summary>
/// The history alone, without receipts and without the fold, leads to the state: the last value of each register,
/// the nodes and the names. (A workflow's first name and a node's first type are no transitions.)
/// </summary>
internal static class HistoryReplay
{
    public static IEnumerable<string> ReachesTheState(Evidence evidence)
    {
        var states = new Dictionary<(string? Node, string? Task, bool IsTask), JsonElement>();
        var nodeNames = new Dictionary<string, string?>(StringComparer.Ordinal);
        var version = 0L;
        foreach (var transition in evidence.Shown.History)
        {
            var next = transition.GetProperty("version").GetInt64();
            if (next != version && next != version + 1)
                yield return $"after version {version} comes {next}";

            version = next;
            var subject = transition.GetProperty("subject");
            var (node, task) = (
                subject.GetProperty("nodetask_id").GetString(),
                subject.GetProperty("task_id").GetString()
            );
            var to = transition.GetProperty("to");
            switch (transition.GetProperty("kind").GetString())
            {
                case "status_changed" or "contested":
                    states[(node, task, transition.GetProperty("is_task").GetBoolean())] = to;
                    break;
                case "node_added" or "node_renamed":
                    nodeNames[node!] = to.GetProperty("text").GetString();
                    break;
                default:
                    break;
            }
        }

        var state = evidence.Shown.State;
        if (state.GetProperty("version").GetInt64() != version)
            yield return $"the history ends with version {version}, the state has {state.GetProperty("version")}";

        if (Differs(states.GetValueOrDefault((null, null, false)), state))
            yield return "the workflow's status is another than its last transition says";

        foreach (var node in state.GetProperty("nodes").EnumerateArray())
        {
            var id = node.GetProperty("nodetask_id").GetString()!;
            if (!nodeNames.TryGetValue(id, out var name) || name != node.GetProperty("nodetask_name").GetString())
                yield return $"node {id} was never added by that name";

            foreach (var task in node.GetProperty("tasks").EnumerateArray())
            {
                var taskId = task.GetProperty("task_id").GetString();
                if (Differs(states.GetValueOrDefault((id, taskId, true)), task))
                    yield return $"task {taskId ?? "(anonymous)"} of node {id} has another status than its last "
                        + "transition says";
            }
        }
    }

    private static bool Differs(JsonElement value, JsonElement shown) =>
        value.ValueKind != JsonValueKind.Object
        || value.GetProperty("text").GetString() != shown.GetProperty("status").GetString()
        || value.GetProperty("phase").GetString() != shown.GetProperty("phase").GetString()
        || value.GetProperty("outcome").GetString() != shown.GetProperty("outcome").GetString();
}
