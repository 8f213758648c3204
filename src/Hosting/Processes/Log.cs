namespace Orleans.Workflow.Hosting.Processes;

/// <summary>What is logged of the state of the service. Event ids 1400 to 1409.</summary>
internal static partial class Log
{
    [LoggerMessage(
        1400,
        LogLevel.Warning,
        "The figures of this process can't be stored; other processes show it as not reporting. It is tried again."
    )]
    public static partial void NotReported(ILogger logger, Exception exception);

    [LoggerMessage(1401, LogLevel.Warning, "An incident could not be stored; it is tried again.")]
    public static partial void IncidentNotKept(ILogger logger, Exception exception);
}
