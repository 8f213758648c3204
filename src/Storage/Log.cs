using Microsoft.Extensions.Logging;

namespace Orleans.Workflow.Storage;

/// <summary>What the storage logs. Event ids 1100 to 1199.</summary>
internal static partial class Log
{
    [LoggerMessage(
        1100,
        LogLevel.Warning,
        "A batch of {Writes} writes was rolled back and is split to find what is wrong in it."
    )]
    public static partial void BatchSplit(ILogger logger, Exception exception, int writes);

    [LoggerMessage(1101, LogLevel.Error, "A batch of {Writes} writes failed; none of it was acknowledged.")]
    public static partial void BatchFailed(ILogger logger, Exception exception, int writes);

    [LoggerMessage(1102, LogLevel.Error, "A batch of {Reads} reads failed.")]
    public static partial void ReadFailed(ILogger logger, Exception exception, int reads);

    [LoggerMessage(1103, LogLevel.Information, "Applied schema script {Script}.")]
    public static partial void ScriptApplied(ILogger logger, string script);

    [LoggerMessage(1104, LogLevel.Warning, "A refused request could not be kept.")]
    public static partial void RejectedNotKept(ILogger logger, Exception exception);

    [LoggerMessage(1105, LogLevel.Warning, "A connection to the database that was idle was given up: {Reason}.")]
    public static partial void ConnectionSilent(ILogger logger, string reason);

    [LoggerMessage(
        1106,
        LogLevel.Warning,
        "A standby took over, or a backup was restored: workflows are loaded again."
    )]
    public static partial void OtherDatabase(ILogger logger);

    [LoggerMessage(
        1110,
        LogLevel.Error,
        "{What} fail: {Reason}. A summary follows every 10 s, and an entry when it is over."
    )]
    public static partial void OutageBegan(ILogger logger, Exception exception, string what, string reason);

    [LoggerMessage(
        1111,
        LogLevel.Error,
        "{What} have failed since {Since}, for {Seconds:0} s: {Counts}; the last reason: {Reason}."
    )]
    public static partial void OutageLasts(
        ILogger logger,
        string what,
        string since,
        double seconds,
        string counts,
        string reason
    );

    [LoggerMessage(1112, LogLevel.Warning, "{What} go through again, after {Seconds:0.0} s since {Since}: {Counts}.")]
    public static partial void OutageEnded(ILogger logger, string what, double seconds, string since, string counts);

    [LoggerMessage(
        1107,
        LogLevel.Warning,
        "A batch of {Requests} {What} lost its connection ({Reason}); the requests are made again."
    )]
    public static partial void BatchLost(ILogger logger, int requests, string what, string reason);
}
