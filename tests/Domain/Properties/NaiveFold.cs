using System.Text;
using Orleans.Workflow.Domain.Tests.Histories;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>
/// The fold, written a second time in the plainest way: dictionaries, no rule table, no merge of sorted lists.
/// </summary>
/// <remarks>The real fold must agree with it on everything, also on effects, names and live words.</remarks>
internal sealed class NaiveFold(Vocabulary vocabulary)
{
    private readonly SortedDictionary<string, NaiveNode> _nodes = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _sources = new(StringComparer.Ordinal);
    private readonly NaiveRegister _status = new();
    private string? _name;
    private bool _changed,
        _lagged,
        _conflicted;

    public static string? The_fold_does_what_the_specification_says(WorkflowFold fold, History history)
    {
        var naive = new NaiveFold(fold.Vocabulary);
        foreach (var (_, receipt, result) in fold.Steps(history.Receipts))
        {
            var effect = naive.Apply(receipt);
            if (effect != result.Effect)
                return $"receipt {result.State.Seq} must be {effect}, not {result.Effect}";

            var (wanted, got) = (naive.Describe(), Describe(result.State));
            if (wanted != got)
                return $"after receipt {result.State.Seq} the state must be:\n{wanted}not:\n{got}";
        }

        return null;
    }

    private ReceiptEffect Apply(Receipt receipt)
    {
        var said = receipt.Notification;
        var status = vocabulary.Read(said.Status!);
        var tasks = said
            .Actions.Where(entry => entry.TaskStatus is not null)
            .GroupBy(
                entry => (entry.NodeTaskId, TaskId: Key(entry.TaskId)),
                entry => vocabulary.Read(entry.TaskStatus!)
            )
            .Select(group => (group.Key.NodeTaskId, group.Key.TaskId, Terms: Reduce([.. group])))
            .ToList();

        var provablyOld = tasks.Exists(task =>
            task.TaskId != Anonymous
            && task.Terms[0].Recognised
            && _nodes.TryGetValue(task.NodeTaskId, out var node)
            && node.Tasks.TryGetValue(task.TaskId, out var known)
            && known.IsRecognised(vocabulary)
            && task.Terms[0].Phase < known.Phase
        );
        var behind = provablyOld || status.Phase < _status.Phase;

        (_changed, _lagged, _conflicted) = (false, false, false);
        if (_sources.Add(receipt.Source) && _sources.Count > 1)
            _changed = true;

        Note(_status.Join(status, provablyOld));
        _name = Rename(_name, said.WorkflowName, behind);
        foreach (var entries in said.Actions.GroupBy(entry => entry.NodeTaskId))
        {
            var name = entries.LastOrDefault(static entry => entry.NodeTaskName is not null).NodeTaskName;
            var type = entries.LastOrDefault(static entry => entry.NodeType is not null).NodeType;
            if (_nodes.TryGetValue(entries.Key, out var node))
            {
                node.Name = Rename(node.Name, name, behind);
                node.Type = Rename(node.Type, type, behind);
            }
            else
            {
                _nodes.Add(entries.Key, new NaiveNode { Name = name, Type = type });
                _changed = true;
            }
        }

        foreach (var (nodeTaskId, taskId, statuses) in tasks)
        {
            var known = _nodes[nodeTaskId].Tasks;
            if (!known.TryGetValue(taskId, out var register))
                known.Add(taskId, register = new NaiveRegister());

            foreach (var reported in statuses)
                Note(register.Join(reported, provablyOld));
        }

        return _conflicted ? ReceiptEffect.Conflict
            : _changed ? ReceiptEffect.Advanced
            : _lagged ? ReceiptEffect.Stale
            : ReceiptEffect.Duplicate;
    }

    private const string Anonymous = "";

    private static string Key(string? taskId) => taskId is null ? Anonymous : "=" + taskId;

    /// <summary>
    /// The least advanced entry counts, of its phase the one of the lowest rank, of several the last; if all have
    /// ended, all of them.
    /// </summary>
    private static List<ParsedStatus> Reduce(List<ParsedStatus> statuses)
    {
        var least = statuses.Min(static status => status.Phase);
        if (least == WorkflowPhase.Ended)
            return statuses;

        var live = statuses.FindAll(status => status.Phase == least);
        var lowest = live.Min(static status => status.Rank);
        return [live.Last(status => status.Rank == lowest)];
    }

    private void Note(ReceiptEffect effect)
    {
        _conflicted |= effect == ReceiptEffect.Conflict;
        _changed |= effect == ReceiptEffect.Advanced;
        _lagged |= effect == ReceiptEffect.Stale;
    }

    private string? Rename(string? known, string? reported, bool behind)
    {
        if (reported is null)
            return known;

        if (known is null || (known != reported && !behind))
        {
            _changed = true;
            return reported;
        }

        return known;
    }

    private string Describe()
    {
        var text = new StringBuilder($"{_name} from {string.Join('|', _sources)}: {_status}\n");
        foreach (var (id, node) in _nodes)
        {
            text.Append($"{id} {node.Name} {node.Type}\n");
            foreach (var (task, register) in node.Tasks)
                text.Append($"  {task}: {register}\n");
        }

        return text.ToString();
    }

    private static string Describe(WorkflowState state)
    {
        var text = new StringBuilder(
            $"{state.Name} from {string.Join('|', state.Sources)}: {NaiveRegister.Describe(state.Status)}\n"
        );
        foreach (var node in state.Nodes)
        {
            text.Append($"{node.NodeTaskId} {node.Name} {node.NodeType}\n");
            foreach (var task in node.Tasks)
                text.Append($"  {Key(task.TaskId)}: {NaiveRegister.Describe(task.Status)}\n");
        }

        return text.ToString();
    }

    private sealed class NaiveNode
    {
        public required string? Name { get; set; }

        public required string? Type { get; set; }

        public SortedDictionary<string, NaiveRegister> Tasks { get; } = new(StringComparer.Ordinal);
    }
}
