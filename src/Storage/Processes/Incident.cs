namespace Orleans.Workflow.Storage.Processes;

/// <summary>What went wrong. The numbers are stored.</summary>
public enum IncidentKind
{
    /// <summary>Nothing could be stored, or requests were answered 5xx.</summary>
    Outage = 0,

    /// <summary>Many requests were answered 4xx.</summary>
    Refusals = 1,
}

/// <summary>An outage or a burst of refusals, as one process saw it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Process">The name of the process.</param>
/// <param name="Kind">What went wrong.</param>
/// <param name="Since">When it began.</param>
/// <param name="Until">When it ended; null while it lasts.</param>
/// <param name="UpdatedAt">When the process last said so.</param>
/// <param name="Requests">How many requests were refused.</param>
/// <param name="What">Why, in words.</param>
public sealed record Incident(
    Guid Id,
    string Process,
    IncidentKind Kind,
    DateTimeOffset Since,
    DateTimeOffset? Until,
    DateTimeOffset UpdatedAt,
    long Requests,
    string What
);
