namespace Orleans.Workflow.Grains.Persistence;

/// <summary>Something that an operator did, as it is kept.</summary>
/// <param name="Id">Its id, ordered by time.</param>
/// <param name="At">When.</param>
/// <param name="Operator">Who.</param>
/// <param name="Kind">What.</param>
/// <param name="Subject">With what: a workflow, a refused request or a vocabulary; null if there is none. Never a
/// person.</param>
/// <param name="Detail">What was said with it, such as a note.</param>
/// <param name="Result">What came of it; null if its end is not known.</param>
public sealed record OperatorAction(
    Guid Id,
    DateTimeOffset At,
    Operator Operator,
    OperatorActionKind Kind,
    string? Subject,
    string? Detail = null,
    string? Result = null
);

/// <summary>A person or a program that operates the service.</summary>
/// <param name="Name">The name of the API key, or the subject of the token.</param>
/// <param name="Role">The role that allowed it.</param>
/// <param name="Address">The address that the request came from.</param>
public sealed record Operator(string Name, string Role, string? Address);

/// <summary>What an operator can do. The names are stored, in snake case.</summary>
public enum OperatorActionKind
{
    /// <summary>Put the attention of a workflow aside until there is another reason.</summary>
    Acknowledge,

    /// <summary>Put the attention of a workflow aside for a time.</summary>
    Snooze,

    /// <summary>Show the attention of a workflow again.</summary>
    Reopen,

    /// <summary>Wrote something down about a workflow.</summary>
    Note,

    /// <summary>Sent a refused request again.</summary>
    Resend,

    /// <summary>Began to fold all workflows again.</summary>
    Refold,

    /// <summary>Erased a person.</summary>
    Erase,
}
