using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>What kind of change a transition is. The numbers are persisted.</summary>
public enum TransitionKind
{
    /// <summary>A register took another value.</summary>
    StatusChanged = 0,

    /// <summary>An outcome was reported that contradicts what the register holds.</summary>
    Contested = 1,

    /// <summary>A node task was seen for the first time.</summary>
    NodeAdded = 2,

    /// <summary>The workflow got another name.</summary>
    WorkflowRenamed = 3,

    /// <summary>A node task got another name.</summary>
    NodeRenamed = 4,

    /// <summary>A node task got another type.</summary>
    NodeRetyped = 5,

    /// <summary>Another source reported the workflow.</summary>
    SourceAdded = 6,
}

/// <summary>What something stands at: a status with its phase and outcome.</summary>
/// <param name="Status">The word shown, as received.</param>
/// <param name="Phase">Its phase.</param>
/// <param name="Outcome">Its outcome, once ended.</param>
public readonly record struct StatusValue(string Status, WorkflowPhase Phase, WorkflowOutcome? Outcome);

/// <summary>What a transition or a decision is about: the workflow (both null), a node task, or a task of it.</summary>
/// <param name="NodeTaskId">The node task; null for the workflow itself.</param>
/// <param name="TaskId">The task; null for the node itself and for its anonymous task.</param>
/// <param name="IsTask">Whether it is a task, to tell the anonymous one from its node.</param>
public readonly record struct Subject(string? NodeTaskId, string? TaskId, bool IsTask)
{
    /// <summary>The workflow itself.</summary>
    public static readonly Subject Workflow;

    /// <summary>A node task.</summary>
    public static Subject Node(string nodeTaskId) => new(nodeTaskId, null, IsTask: false);

    /// <summary>A task below a node task.</summary>
    public static Subject Task(string nodeTaskId, string? taskId) => new(nodeTaskId, taskId, IsTask: true);
}

/// <summary>One change of a receipt that raised the version.</summary>
/// <param name="Kind">What kind of change.</param>
/// <param name="Subject">What changed.</param>
/// <param name="From">The value, or null if there was none. Only of registers.</param>
/// <param name="To">The value afterwards. Only of registers.</param>
/// <param name="FromText">The former label. Only of names.</param>
/// <param name="ToText">The label or source afterwards; of a register the word that was reported, as received.</param>
/// <param name="Rule">The rule that decided it. Only of registers.</param>
public sealed record Transition(
    TransitionKind Kind,
    Subject Subject,
    StatusValue? From,
    StatusValue? To,
    string? FromText,
    string? ToText,
    Rule? Rule
);
