using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Testing.Campaigns;

/// <summary>
/// The campaign as it really stands on the vendor's side while the moves are made. Nothing on it ever goes back a
/// phase.
/// </summary>
internal sealed class CampaignStage
{
    private readonly CampaignOptions _options;
    private readonly List<StageNode> _nodes = [];
    private readonly StageStatus _status = new("creating");
    private string _name = "Autumn campaign";

    public CampaignStage(CampaignOptions options)
    {
        _options = options;
        WorkflowId = options.WorkflowId ?? "w1";
    }

    public string WorkflowId { get; }

    public void Make(Move move)
    {
        switch (move.Kind)
        {
            case MoveKind.AddNode:
                AddNode(move);
                break;
            case MoveKind.AddTask:
                AddTask(move, isAnonymous: false);
                break;
            case MoveKind.AddAnonymousTask:
                AddTask(move, isAnonymous: true);
                break;
            case MoveKind.RenameWorkflow:
                _name = Words.Labels.Pick(move.Word);
                break;
            case MoveKind.RenameNode when Node(move) is { } node:
                node.Name = Words.Labels.Pick(move.Word);
                break;
            case MoveKind.RetypeNode when Node(move) is { } node:
                node.Type = Words.NodeTypes.Pick(move.Word);
                break;
            case MoveKind.StartWorkflow
            or MoveKind.PauseWorkflow
            or MoveKind.ResumeWorkflow
            or MoveKind.EndWorkflow
            or MoveKind.PuzzleWorkflow:
                _status.Turn(move);
                break;
            case MoveKind.StartTask
            or MoveKind.PauseTask
            or MoveKind.ResumeTask
            or MoveKind.EndTask
            or MoveKind.PuzzleTask:
                if (Node(move) is { Tasks.Count: > 0 } owner)
                    owner.Tasks.Pick(move.Task).Status.Turn(move);
                break;
            default:
                break;
        }
    }

    public StatusChange Snapshot() => new(WorkflowId, _name, _status.Word, [.. _nodes.SelectMany(Entries)]);

    public IEnumerable<(int Node, int Task)> LiveTasks() =>
        from node in Enumerable.Range(0, _nodes.Count)
        from task in Enumerable.Range(0, _nodes[node].Tasks.Count)
        where !_nodes[node].Tasks[task].Status.HasEnded
        select (node, task);

    private static IEnumerable<StatusChangeAction> Entries(StageNode node) =>
        node.Tasks.Count == 0
            ? [new StatusChangeAction(node.Id, node.Name, node.Type, null, null)]
            : node.Tasks.Select(task => new StatusChangeAction(
                node.Id,
                node.Name,
                node.Type,
                task.Id,
                task.Status.Word
            ));

    private StageNode? Node(Move move) => _nodes.Count == 0 ? null : _nodes.Pick(move.Node);

    private void AddNode(Move move)
    {
        if (_nodes.Count < _options.MaxNodes)
            _nodes.Add(
                new StageNode(Id($"n{_nodes.Count + 1}"), Words.Labels.Pick(move.Word), Words.NodeTypes.Pick(move.Word))
            );
    }

    private void AddTask(Move move, bool isAnonymous)
    {
        if (
            Node(move) is not { } node
            || node.Tasks.Count >= _options.MaxTasksPerNode
            || (isAnonymous && node.Tasks.Exists(static task => task.Id is null))
        )
        {
            return;
        }

        var id = isAnonymous ? null : Id($"n{_nodes.IndexOf(node) + 1}t{node.Tasks.Count + 1}");
        node.Tasks.Add(new StageTask(id, new StageStatus(Words.Spell(Words.Scheduled.Pick(move.Word), move.Spelling))));
    }

    private string Id(string readable) =>
        _options.VendorLikeIds ? CampaignModel.Hex($"{WorkflowId}/{readable}") : readable;

    private sealed record StageTask(string? Id, StageStatus Status);

    private sealed class StageNode(string id, string name, string type)
    {
        public string Id { get; } = id;

        public string Name { get; set; } = name;

        public string Type { get; set; } = type;

        public List<StageTask> Tasks { get; } = [];
    }
}
