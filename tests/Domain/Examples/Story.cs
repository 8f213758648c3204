using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Domain.Tests.Examples;

/// <summary>The receipts of one workflow, step by step: an example reads as what arrived and what it did.</summary>
internal sealed class Story(WorkflowFold fold)
{
    private readonly FoldTrace _trace = new();

    public Story()
        : this(new WorkflowFold(Vocabulary.Default)) { }

    /// <summary>The state after the last receipt.</summary>
    public WorkflowState State { get; private set; } = WorkflowState.Unknown("w1");

    /// <summary>What the last receipt did.</summary>
    public ReceiptEffect Effect { get; private set; }

    /// <summary>What the last receipt changed.</summary>
    public ImmutableArray<Transition> Transitions { get; private set; }

    /// <summary>The last decision about a register.</summary>
    public Decision LastDecision => _trace.Decisions[^1];

    /// <summary>The register of the workflow's own status.</summary>
    public StatusRegister Status => State.Status!;

    /// <summary>The status that the workflow shows.</summary>
    public string ShownStatus => Status.StatusBy(fold.Vocabulary.Ranking);

    /// <summary>What there is to look at.</summary>
    public ImmutableArray<Attention> Attention => Domain.Attention.Of(State, fold.Vocabulary.Ranking);

    /// <summary>A receipt arrives.</summary>
    public Story Reported(string status, params ReadOnlySpan<StatusChangeAction> entries) =>
        Receive(Campaign.DefaultSource, "Autumn", status, entries);

    /// <summary>A receipt arrives in which the workflow has a name.</summary>
    public Story ReportedAs(string workflowName, string status, params ReadOnlySpan<StatusChangeAction> entries) =>
        Receive(Campaign.DefaultSource, workflowName, status, entries);

    /// <summary>A receipt arrives from a source.</summary>
    public Story ReportedBy(string source, string status) => Receive(source, "Autumn", status, []);

    /// <summary>A node as it stands.</summary>
    public NodeState Node(string nodeTaskId = "n") => State.FindNode(nodeTaskId).ShouldNotBeNull();

    /// <summary>The value of a node.</summary>
    public StatusValue? StatusValue(string nodeTaskId = "n") => Node(nodeTaskId).StatusValue(fold.Vocabulary.Ranking);

    /// <summary>The register of a task; null is the anonymous one.</summary>
    public StatusRegister Task(string? taskId, string nodeTaskId = "n") =>
        Node(nodeTaskId).Tasks.Single(task => task.TaskId == taskId).Status;

    private Story Receive(string source, string workflowName, string status, ReadOnlySpan<StatusChangeAction> entries)
    {
        var notification = new StatusChange("w1", workflowName, status, [.. entries]);
        var receipt = new Receipt(Guid.Empty, Deliveries.FirstReceivedAt + State.Seq, source, notification);
        (State, Effect, Transitions) = fold.Apply(State, receipt, _trace);
        return this;
    }
}

/// <summary>Entries of <c>actions</c>.</summary>
internal static class Entry
{
    public static StatusChangeAction Node(string node = "n", string name = "Call1", string type = "call") =>
        new(node, name, type, null, null);

    public static StatusChangeAction Task(
        string task,
        string status,
        string node = "n",
        string name = "Call1",
        string type = "call"
    ) => new(node, name, type, task, status);

    public static StatusChangeAction Anonymous(string status, string node = "n") =>
        new(node, "Call1", "call", null, status);
}
