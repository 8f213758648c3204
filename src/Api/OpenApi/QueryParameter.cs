namespace Orleans.Workflow.Api.OpenApi;

/// <summary>A parameter of a query, for the description of the contract.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does.</param>
/// <param name="IsNumber">Whether it is a whole number.</param>
internal sealed record QueryParameter(string Name, string Description, bool IsNumber = false)
{
    /// <summary>What a state may be waited for.</summary>
    public static readonly QueryParameter[] OfWait =
    [
        new("min_version", "Answer when the version is at least this.", IsNumber: true),
        new("until", "Answer when the phase is at least this: scheduled, active or ended."),
        new("wait", "How long to wait for it, such as 30s, 500ms or 1m; 60s at most, 0s by default."),
    ];

    /// <summary>Which earlier state is shown.</summary>
    public static readonly QueryParameter[] OfEarlier =
    [
        new("as_of_version", "Answer with the state as it was when it reached this version.", IsNumber: true),
        new("as_of", "Answer with the state as it was at this time, such as 2026-11-22T10:00:00Z."),
    ];

    /// <summary>Which register or name of a workflow.</summary>
    public static readonly QueryParameter[] OfTopic =
    [
        new("nodetask_id", "A node task; without it the workflow itself."),
        new("task_id", "A task of the node task; without it its anonymous task."),
        new("name", "Not the status but a name: workflow_name, or nodetask_name or node_type of the node task."),
    ];

    /// <summary>How workflows are folded again.</summary>
    public static readonly QueryParameter[] OfRefold =
    [
        new("dry_run", "true to change nothing and only show what would change; false by default."),
    ];

    /// <summary>How a list is paged.</summary>
    public static readonly QueryParameter[] OfPage =
    [
        new("limit", "How many items a page has: 1 to 1,000, 100 by default.", IsNumber: true),
        new("cursor", "The next_cursor of the page before, with the same filters and the same order."),
    ];

    /// <summary>Which workflows, as they are.</summary>
    public static readonly QueryParameter[] OfStateFilter =
    [
        new("phase", "scheduled, active or ended."),
        new("status", "The vendor's word in any spelling: case, blanks, '_' and '-' do not count."),
        new("outcome", "completed, cancelled or failed."),
        new("name", "How the name begins, in any case."),
        new("attention", "conflicting_outcome, unfinished_tasks, unrecognised_status or several_sources."),
        new("node_type", "A type that one of the node tasks has, exactly."),
    ];

    /// <summary>Which workflows are listed or counted.</summary>
    public static readonly QueryParameter[] OfFilter =
    [
        .. OfStateFilter,
        new(
            "workflow_id",
            "The workflow with this id, exactly: for clients behind a proxy that decodes paths, and so breaks an "
                + "id with a slash."
        ),
        new("changed_after", "Last changed later than this time."),
        new("changed_before", "Last changed earlier than this time."),
        new("silent_for", "Not ended, and nothing was received about them for so long, such as 30s, 5m, 1h or 1d."),
        new("unreviewed", "true for those with attention that no operator has put aside; false by default."),
    ];

    /// <summary>Which actions of operators are listed.</summary>
    public static readonly QueryParameter[] OfActions =
    [
        new("subject", "With this alone: the id of a workflow, of a refused request, or a vocabulary."),
    ];

    /// <summary>Which facts are listed.</summary>
    public static readonly QueryParameter[] OfFacts =
    [
        new("kind", "list_completion, call_completion, custom_node, waba_status, chatbot_session, dialer or unknown."),
        new("value", "What is counted of it, exactly, such as the reason of a call's end."),
        new("case_id", "The entry of the list, exactly."),
        new("callee", "The number or address of the person, with or without a leading '+'."),
        new("received_after", "Received later than this time."),
        new("received_before", "Received earlier than this time."),
    ];

    /// <summary>Where a feed begins.</summary>
    public static readonly QueryParameter[] OfFeed =
    [
        new(
            "last_event_id",
            "Begin after the event with this id, as the header Last-Event-ID does, which counts first; "
                + "0 for everything that is kept. Without either: with what happens from now on. An id of a stream "
                + "without facts has no place among them: with include=facts, facts come from now on."
        ),
        new(
            "every",
            "Not the changes and facts, only that there were some: an event without data, not more often than this, "
                + "such as 500ms; 60s at most."
        ),
        new(
            "include",
            "workflow: with each change the workflow's row in the list as it is when the event is read; its "
                + "version is that of the change or a later one. A filter includes it too. facts: the facts too, as "
                + "events of the type fact. Or workflow,facts."
        ),
    ];

    /// <summary>Which workflow's changes.</summary>
    public static readonly QueryParameter[] OfOneWorkflow =
    [
        new("workflow_id", "The changes of the workflow with this id, which need not be known yet."),
    ];

    /// <summary>In which order workflows are listed.</summary>
    public static readonly QueryParameter[] OfOrder =
    [
        new("sort", "changed_at, -changed_at (default), name or first_received_at."),
    ];

    /// <summary>What workflows are counted by.</summary>
    public static readonly QueryParameter[] OfGrouping =
    [
        new(
            "group_by",
            "phase (default), status, outcome or name. By name at most 100,000 workflows are counted; if more "
                + "meet the filters, the answer is 422."
        ),
        new("limit", "How many groups are answered: 1 to 1,000, 1,000 by default.", IsNumber: true),
    ];
}
