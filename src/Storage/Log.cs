using Microsoft.Extensions.Logging;

namespace Orleans.Workflow.Storage;

/// <summary>What the storage logs. Event ids 1100 to 1199.</summary>
internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Warning, "A batch of {Writes} writes was rolled back and is split to find what is wrong in it.")]
    public static partial void BatchSplit(ILogger logger, Exception exception, int writes);

    [LoggerMessage(1101, LogLevel.Error, "A batch of {Writes} writes failed; none of it was acknowledged.")]
    public static partial void BatchFailed(ILogger logger, Exception exception, int writes);

    [LoggerMessage(1102, LogLevel.Error, "A batch of {Reads} reads failed.")]
    public static partial void ReadFailed(ILogger logger, Exception exception, int reads);

    [LoggerMessage(1103, LogLevel.Information, "Applied schema script {Script}.")]
    public static partial void ScriptApplied(ILogger logger, string script);

    [LoggerMessage(1104, LogLevel.Warning, "A refused request could not be kept.")]
    public static partial void RejectedNotKept(ILogger logger, Exception exception);
}
