namespace Orleans.Workflow.Api.Feed;

/// <summary>What the feed logs. Event ids 1370 to 1379.</summary>
internal static partial class Log
{
    [LoggerMessage(
        1370,
        LogLevel.Warning,
        "The log of changes could not be read; the feed continues when it can be read again."
    )]
    public static partial void NotRead(ILogger logger, Exception exception);

    [LoggerMessage(
        1371,
        LogLevel.Warning,
        "The database holds another history of changes: it was restored, or a standby took over. "
            + "All feeds end; their readers are answered 410 and begin again."
    )]
    public static partial void OtherHistory(ILogger logger);
}
