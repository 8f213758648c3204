namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>
/// The grain could not do what was asked because its storage failed or it is about to reload its state. Nothing was
/// acknowledged; asking again is always safe.
/// </summary>
[GenerateSerializer, Alias("orleans.workflow.WorkflowUnavailableException")]
public sealed class WorkflowUnavailableException : Exception, IPartOfOutage
{
    /// <summary>Says that the grain is not available.</summary>
    public WorkflowUnavailableException()
        : this("The workflow is not available at the moment; ask again.") { }

    /// <summary>Says why the grain is not available.</summary>
    public WorkflowUnavailableException(string message)
        : base(message) { }

    /// <summary>Says why the grain is not available, with what caused it.</summary>
    public WorkflowUnavailableException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <inheritdoc/>
    [Id(0)]
    public bool IsOutage { get; init; }

    /// <summary>Says that the database takes no commits.</summary>
    /// <param name="reason">Why, without secrets.</param>
    public static WorkflowUnavailableException DuringOutage(string? reason) =>
        new($"Nothing can be stored at the moment: {reason ?? "commits fail"}.") { IsOutage = true };
}

/// <summary>Too much is waiting to be written; nothing was done with what was sent. Send it again later.</summary>
[GenerateSerializer, Alias("orleans.workflow.WorkflowBusyException")]
public sealed class WorkflowBusyException : Exception
{
    /// <summary>Says that too much is waiting.</summary>
    public WorkflowBusyException()
        : this("Too many notifications are waiting to be written; send it again later.") { }

    /// <summary>Says what is waiting.</summary>
    public WorkflowBusyException(string message)
        : base(message) { }

    /// <summary>Says what is waiting, with what caused it.</summary>
    public WorkflowBusyException(string message, Exception innerException)
        : base(message, innerException) { }
}

/// <summary>
/// A notification tells of more than its workflow may hold; nothing was done with it. Sending it again is of no use.
/// </summary>
[GenerateSerializer, Alias("orleans.workflow.WorkflowLimitException")]
public sealed class WorkflowLimitException : Exception
{
    /// <summary>Says that a limit is reached.</summary>
    public WorkflowLimitException()
        : this("The workflow holds as much as it may.") { }

    /// <summary>Says which limit is reached.</summary>
    public WorkflowLimitException(string message)
        : base(message) { }

    /// <summary>Says which limit is reached, with what caused it.</summary>
    public WorkflowLimitException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>Says which limit is reached, and where in the notification.</summary>
    public WorkflowLimitException(string path, string message)
        : base(message) => Path = path;

    /// <summary>The JSON path of what is beyond the limit.</summary>
    [Id(0)]
    public string Path { get; set; } = "$.actions";
}

/// <summary>
/// The workflow was deleted some time after its end. Nothing brings it back: asking again is of no use.
/// </summary>
[GenerateSerializer, Alias("orleans.workflow.WorkflowDeletedException")]
public sealed class WorkflowDeletedException : Exception
{
    /// <summary>Says that the workflow was deleted.</summary>
    public WorkflowDeletedException()
        : this("The workflow was deleted after its end.") { }

    /// <summary>Says what was deleted.</summary>
    public WorkflowDeletedException(string message)
        : base(message) { }

    /// <summary>Says what was deleted, with what caused it.</summary>
    public WorkflowDeletedException(string message, Exception innerException)
        : base(message, innerException) { }
}
