using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Domain.Tests.Examples;

/// <summary>One workflow, told step by step: lets an example read as what arrived and what came of it.</summary>
internal sealed class Story(WorkflowFold fold)
{
    private readonly FoldTrace _trace = new();

    public Story()
        : this(new WorkflowFold(Vocabulary.Default))
    {
    }

    /// <summary>The state after the last receipt.</summary>
    public WorkflowState State { get; private set; } = WorkflowState.Unknown("w1");

    /// <summary>What the last receipt did.</summary>
    public Effect Effect { get; private set; }

    /// <summary>What the last receipt changed.</summary>
    public ImmutableArray<Transition> Transitions { get; private set; }

    /// <summary>The last decision about a register.</summary>
    public Decision LastDecision => _trace.Decisions[^1];

    /// <summary>The register of the workflow's own status.</summary>
    public Register Status => State.Status!;

    /// <summary>The status that the workflow shows.</summary>
    public string ShownStatus => Status.StatusBy(fold.Vocabulary.Ranking);

    /// <summary>What there is to look at.</summary>
    public ImmutableArray<Attention> Attention => Grains.Domain.Attention.Of(State, fold.Vocabulary.Ranking);

    /// <summary>A receipt arrives.</summary>
    public Story Told(string status, params ReadOnlySpan<ActionEntry> entries) => Heard(Campaign.DefaultSource, "Autumn", status, entries);

    /// <summary>A receipt arrives in which the workflow has a name.</summary>
    public Story ToldAs(string workflowName, string status, params ReadOnlySpan<ActionEntry> entries) =>
        Heard(Campaign.DefaultSource, workflowName, status, entries);

    /// <summary>A receipt arrives from a source.</summary>
    public Story ToldBy(string source, string status) => Heard(source, "Autumn", status, []);

    /// <summary>A node as it stands.</summary>
    public NodeState Node(string nodeTaskId = "n") => State.FindNode(nodeTaskId).ShouldNotBeNull();

    /// <summary>The standing of a node.</summary>
    public Standing? Standing(string nodeTaskId = "n") => Node(nodeTaskId).Standing(fold.Vocabulary.Ranking);

    /// <summary>The register of a task; null is the anonymous one.</summary>
    public Register Task(string? taskId, string nodeTaskId = "n") => Node(nodeTaskId).Tasks.Single(task => task.TaskId == taskId).Status;

    private Story Heard(string source, string workflowName, string status, ReadOnlySpan<ActionEntry> entries)
    {
        var notification = new Notification("w1", workflowName, status, [.. entries]);
        var receipt = new Receipt(Guid.Empty, Deliveries.FirstReceivedAt + State.Seq, source, notification);
        (State, Effect, Transitions) = fold.Apply(State, receipt, _trace);
        return this;
    }
}

/// <summary>Entries of <c>actions</c>.</summary>
internal static class Entry
{
    public static ActionEntry Node(string node = "n", string name = "Call1", string type = "call") => new(node, name, type, null, null);

    public static ActionEntry Task(string task, string status, string node = "n", string name = "Call1", string type = "call") =>
        new(node, name, type, task, status);

    public static ActionEntry Anonymous(string status, string node = "n") => new(node, "Call1", "call", null, status);
}
