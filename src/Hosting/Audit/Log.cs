using Orleans.Workflow.Grains.Audit;

namespace Orleans.Workflow.Hosting.Audit;

/// <summary>What the audit logs. Event ids 1150 to 1159. No value: a label may hold anything.</summary>
internal static partial class Log
{
    [LoggerMessage(
        1150,
        LogLevel.Error,
        "Workflow {WorkflowId} is not stored as its receipts say: {Kind} at {Where}. The command audit shows the "
            + "values."
    )]
    public static partial void Found(ILogger logger, string? workflowId, FindingKind kind, string where);

    [LoggerMessage(
        1152,
        LogLevel.Error,
        "Workflow {WorkflowId} could not be audited; the audit continues with the next."
    )]
    public static partial void NotAudited(ILogger logger, Exception exception, string workflowId);

    [LoggerMessage(1151, LogLevel.Warning, "The audit was stopped by an error and continues.")]
    public static partial void Failed(ILogger logger, Exception exception);
}
