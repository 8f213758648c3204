using System.Text.Json;
using Orleans.Workflow.Benchmarks.Workloads;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Benchmarks.Checks;

/// <summary>For the product: it holds the fold of what it acknowledged, computed here once more.</summary>
internal sealed class FoldCheck : IStateCheck
{
    private readonly WorkflowFold _fold = new(Vocabulary.Default);

    public string? Compare(History history, JsonElement answer)
    {
        var state = WorkflowState.Unknown(history.Workflow.ToString());
        foreach (var body in history.Bodies)
            state = _fold.Apply(state, new Receipt(Guid.CreateVersion7(), 0, "airudder", VendorJson.Read(body))).State;

        var differences = new Differences();
        differences.Text("workflow_id", state.WorkflowId, answer);
        differences.Text("workflow_name", state.Name, answer);
        Register(differences, "", state.Status!, answer);
        if (history.IsComplete && answer.GetProperty("version").GetInt64() != state.Version)
            differences.Add($"version is {answer.GetProperty("version")}, not {state.Version}");

        Nodes(differences, state, answer.GetProperty("nodes"));
        return differences.ToString();
    }

    private void Nodes(Differences differences, WorkflowState state, JsonElement nodes)
    {
        if (nodes.GetArrayLength() != state.Nodes.Length)
            differences.Add($"{nodes.GetArrayLength()} nodes, not {state.Nodes.Length}");

        foreach (var shown in nodes.EnumerateArray())
        {
            var id = shown.GetProperty("nodetask_id").GetString()!;
            if (state.FindNode(id) is not { } node)
            {
                differences.Add($"node {id} was never sent");
                continue;
            }

            var value = node.StatusValue(_fold.Vocabulary.Ranking);
            differences.Text("nodetask_name", node.Name, shown, id);
            differences.Text("node_type", node.NodeType, shown, id);
            differences.Text("status", value?.Status, shown, id);
            differences.Text("phase", Lower(value?.Phase), shown, id);
            differences.Text("outcome", Lower(value?.Outcome), shown, id);
            Tasks(differences, node, shown.GetProperty("tasks"));
        }
    }

    private void Tasks(Differences differences, NodeState node, JsonElement tasks)
    {
        var shown = tasks
            .EnumerateArray()
            .ToDictionary(task => task.GetProperty("task_id").GetString() ?? string.Empty);
        if (shown.Count != node.Tasks.Length)
            differences.Add($"node {node.NodeTaskId}: {shown.Count} tasks, not {node.Tasks.Length}");

        foreach (var task in node.Tasks)
        {
            if (shown.TryGetValue(task.TaskId ?? string.Empty, out var element))
                Register(differences, $"task {task.TaskId}", task.Status, element);
            else
                differences.Add($"node {node.NodeTaskId}: task {task.TaskId} is missing");
        }
    }

    private void Register(Differences differences, string where, StatusRegister register, JsonElement shown)
    {
        var ranking = _fold.Vocabulary.Ranking;
        differences.Text("status", register.StatusBy(ranking), shown, where);
        differences.Text("phase", Lower<WorkflowPhase>(register.Phase), shown, where);
        differences.Text("outcome", Lower(register.OutcomeBy(ranking)), shown, where);
        var contested = shown.GetProperty("contested").EnumerateArray().Select(word => word.GetString());
        if (!contested.SequenceEqual(register.Contested(ranking)))
            differences.Add($"{where} contested is {shown.GetProperty("contested")}");
    }

    private static string? Lower<T>(T? word)
        where T : struct, Enum => word?.ToString().ToLowerInvariant();
}
