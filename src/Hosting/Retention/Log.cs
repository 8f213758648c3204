namespace Orleans.Workflow.Hosting.Retention;

/// <summary>What retention logs. Event ids 1130 to 1139.</summary>
internal static partial class Log
{
    [LoggerMessage(
        1130,
        LogLevel.Information,
        "Retention removed {Receipts} receipts, {Rejected} refused requests, {Facts} facts, the bodies of {FactBodies} "
            + "facts and {Workflows} ended workflows."
    )]
    public static partial void Removed(
        ILogger logger,
        long receipts,
        long rejected,
        long facts,
        long factBodies,
        long workflows
    );

    [LoggerMessage(1131, LogLevel.Error, "A part of retention was stopped by an error; the next pass continues.")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(
        1132,
        LogLevel.Warning,
        "The ended workflow {WorkflowId} stays: it holds {Held} receipts that no baseline can replace yet."
    )]
    public static partial void WorkflowLeft(ILogger logger, string workflowId, long held);

    [LoggerMessage(
        1134,
        LogLevel.Error,
        "The receipts of workflow {WorkflowId} could not be removed; the next pass tries it again."
    )]
    public static partial void NotTrimmed(ILogger logger, Exception exception, string workflowId);

    [LoggerMessage(
        1133,
        LogLevel.Warning,
        "The ended workflow {WorkflowId} could not be deleted now; the next pass asks again."
    )]
    public static partial void NotDeleted(ILogger logger, Exception exception, string workflowId);
}
