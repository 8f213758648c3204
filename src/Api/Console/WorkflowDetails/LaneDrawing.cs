using System.Collections.Immutable;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.WorkflowDetails;

/// <summary>
/// Draws one lane of a timeline, change by change. What a node stands at is derived from its tasks as the fold does it.
/// </summary>
internal sealed class LaneDrawing(TimeScale scale, ImmutableArray<WorkflowOutcome> ranking)
{
    private readonly ImmutableArray<LaneSpan>.Builder _spans = ImmutableArray.CreateBuilder<LaneSpan>();
    private readonly ImmutableArray<LaneGap>.Builder _gaps = ImmutableArray.CreateBuilder<LaneGap>();
    private readonly ImmutableArray<LaneEnd>.Builder _ends = ImmutableArray.CreateBuilder<LaneEnd>();
    private readonly ImmutableArray<LaneMark>.Builder _marks = ImmutableArray.CreateBuilder<LaneMark>();
    private readonly SortedDictionary<string, TaskState> _tasks = new(StringComparer.Ordinal);
    private StatusValue? _value;
    private double _since;

    /// <summary>Adds a change; they come oldest first.</summary>
    public void Add(TransitionSummary transition)
    {
        var place = scale.Place(transition.At);
        if (transition.To is { Phase: { } phase } to)
        {
            var now = new StatusValue(to.Text, phase, to.Outcome);
            Stand(transition.IsTask ? OfNode(transition.Subject.TaskId, now) : now, place, isSeen: true);
        }

        _marks.Add(
            new LaneMark(place, transition.Version, transition.At, Words(transition), transition.Kind == "contested")
        );
    }

    /// <summary>Leaves out a time of which the changes are not known.</summary>
    /// <param name="from">Where it begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="after">The status that the workflow had then; null if it had none.</param>
    public void Skip(DateTimeOffset from, DateTimeOffset to, StatusValue? after)
    {
        Stand(null, scale.Place(from));
        var (start, end) = (_since, Math.Max(scale.Place(to), _since));
        if (end > start)
            _gaps.Add(new LaneGap(start, end));

        Stand(after, end);
    }

    /// <summary>Leaves out a time of which the changes are not known.</summary>
    /// <param name="from">Where it begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="after">The tasks that the node had then.</param>
    public void Skip(DateTimeOffset from, DateTimeOffset to, IEnumerable<(string? TaskId, StatusValue Status)> after)
    {
        StatusValue? node = null;
        foreach (var (taskId, status) in after)
            node = OfNode(taskId, status);

        // A node without a task then was added later, with a change of its own.
        if (node is not null)
            Skip(from, to, node);
    }

    /// <summary>The lane, its last span drawn to the end.</summary>
    public Lane Finish(string? name, string? nodeTaskId, string? nodeType)
    {
        Stand(null, scale.Place(scale.End));
        return new Lane(
            name,
            nodeTaskId,
            nodeType,
            _spans.ToImmutable(),
            _gaps.ToImmutable(),
            _ends.ToImmutable(),
            _marks.ToImmutable()
        );
    }

    private StatusValue? OfNode(string? taskId, in StatusValue task)
    {
        var status = new ParsedStatus(task.Status, task.Status, task.Phase, task.Outcome, Recognised: true);
        _tasks[taskId is null ? string.Empty : $"+{taskId}"] = new TaskState(
            taskId,
            StatusRegister.Of(status, 0, Rule.FirstSight)
        );
        return new NodeState { NodeTaskId = string.Empty, Tasks = [.. _tasks.Values] }.StatusValue(ranking);
    }

    private void Stand(StatusValue? now, double place, bool isSeen = false)
    {
        // Receipts may be folded in another order than that of their times; what is drawn goes forward.
        place = Math.Max(place, _since);
        if (_value is { } before && place > _since)
        {
            _spans.Add(
                new LaneSpan(_since, Math.Round(place - _since, 3), before.Status, before.Phase, before.Outcome)
            );
        }

        if (
            isSeen
            && now is { Phase: WorkflowPhase.Ended } ended
            && (_value?.Phase, _value?.Outcome) != (ended.Phase, ended.Outcome)
        )
        {
            _ends.Add(new LaneEnd(place, ended.Status, ended.Outcome));
        }

        (_value, _since) = (now, place);
    }

    private static string Words(TransitionSummary transition)
    {
        var what = transition.IsTask
            ? $"task {transition.Subject.TaskId ?? "without id"}"
            : ConsoleWords.Change(transition.Kind);
        return transition.From is { } from
            ? $"{what}: {from.Text} → {transition.To?.Text}"
            : $"{what}: {transition.To?.Text}";
    }
}
