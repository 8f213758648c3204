using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>
/// The notifications of the vendor that are taken. Routes, reading, recognition, the description of the contract and
/// the README follow from these rows; a further kind is a row and an example.
/// </summary>
public static class NotificationKinds
{
    private const string TaskStatus = "TaskStatus";

    /// <summary>The types of the dialer's notifications, which observers of it have seen.</summary>
    internal static readonly ImmutableArray<string> DialerTypes = [TaskStatus, "ContactStatus", "AgentStatus"];

    private static readonly ImmutableArray<RequiredField> OfWorkflow =
    [
        new("workflow_id", FieldType.Text),
        new("workflow_name", FieldType.Label),
    ];

    private static readonly ImmutableArray<RequiredField> OfNodeTask =
    [
        .. OfWorkflow,
        new("nodetask_id", FieldType.Text),
        new("nodetask_name", FieldType.Label),
    ];

    /// <summary>The workflow's own notification, the only one that changes a status.</summary>
    public static NotificationKind StatusChange { get; } =
        new(
            null,
            "Workflow Status Change",
            "workflow-status",
            Documentation.Documented,
            [.. OfWorkflow, new("status", FieldType.Text), new("actions", FieldType.Entries)]
        );

    /// <summary>What fits no kind and is kept all the same.</summary>
    public static NotificationKind Unknown { get; } =
        new(FactKind.Unknown, "Unknown", string.Empty, Documentation.TitleOnly, []);

    /// <summary>The kinds that have a webhook.</summary>
    public static ImmutableArray<NotificationKind> All { get; } =
    [
        StatusChange,
        new(
            FactKind.ListCompletion,
            "List Completion",
            "list-completion",
            Documentation.Documented,
            [
                .. OfWorkflow,
                new("case_id", FieldType.Text),
                new("callee_number", FieldType.Text),
                new("rows", FieldType.Entries),
            ]
        )
        {
            Node = FactRole.None,
            Identity = static values => [values[FactRole.CaseId], Callees.Normalise(values[FactRole.Callee]!)],
        },
        new(
            FactKind.CallCompletion,
            "Call Completion",
            "call-completion",
            Documentation.Partly,
            [.. OfNodeTask, new("case_id", FieldType.Text)]
        )
        {
            Values = ["hangup_reason", "hangupReason"],
            Identity = static values => values.Only(FactRole.CallId),
        },
        new(
            FactKind.CustomNode,
            "Custom API Node Data Push",
            "custom-node",
            Documentation.Documented,
            [
                .. OfWorkflow,
                new("node_id", FieldType.Text),
                new("node_name", FieldType.Label),
                new(
                    "callee",
                    FieldType.Nested,
                    new RequiredField("case_id", FieldType.Text),
                    new RequiredField("callee_number", FieldType.Text)
                ),
            ]
        ),
        new(
            FactKind.WabaStatus,
            "WABA Message Status Alteration",
            "waba-status",
            Documentation.TitleOnly,
            [new("workflow_id", FieldType.Text)]
        )
        {
            Values = ["status"],
            Identity = static values => values.Only(FactRole.MessageId),
        },
        new(
            FactKind.ChatbotSession,
            "Chatbot Session End",
            "chatbot-session",
            Documentation.Documented,
            [
                .. OfNodeTask,
                new("waba_task_id", FieldType.Text),
                new("wfdetail_uuid", FieldType.Text),
                new("channel", FieldType.Text),
                new("channel_id", FieldType.Text),
                new("callee", FieldType.Text),
                new("timestamp", FieldType.WholeNumber),
            ]
        )
        {
            Values = ["session_end_reason"],
            Identity = static values => values.Only(FactRole.CallId),
        },
        new(
            FactKind.Dialer,
            "Predictive Dialer",
            "dialer",
            Documentation.Partly,
            [new("type", FieldType.Text), new("body", FieldType.Nested)]
        )
        {
            Envelope = "body",
            Node = FactRole.TaskId,
            Values = ["state", "State"],
            Identity = static values =>
                values[values[FactRole.Type] == TaskStatus ? FactRole.TaskId : FactRole.CallId] is { } id
                    ? [values[FactRole.Type], id]
                    : null,
        },
    ];

    /// <summary>The kind of a fact.</summary>
    public static NotificationKind Of(FactKind fact) =>
        All.FirstOrDefault(kind => kind.Fact == fact)
        ?? (fact == FactKind.Unknown ? Unknown : throw new ArgumentOutOfRangeException(nameof(fact), fact, null));

    /// <summary>The kind of a name of the contract; null if none has it.</summary>
    public static NotificationKind? OfName(string? name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>The kind whose webhook has a path, in any case of letters; null if none has.</summary>
    public static NotificationKind? OfPath(ReadOnlySpan<char> path)
    {
        foreach (var kind in All)
        {
            if (path.Equals(kind.Path, StringComparison.OrdinalIgnoreCase))
                return kind;
        }

        return null;
    }
}
