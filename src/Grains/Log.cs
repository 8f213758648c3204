using Microsoft.Extensions.Logging;

namespace Orleans.Workflow.Grains;

/// <summary>
/// What the grains log. Event ids 1000 to 1099 and 1120 to 1129. No body, no label: a grain id holds the vendor's ids
/// only.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(
        1000,
        LogLevel.Warning,
        "{GrainId} was folded under vocabulary {Stored}, this silo has {Own}; fold it again to make its words agree."
    )]
    public static partial void OtherVocabulary(ILogger logger, GrainId grainId, string stored, string own);

    [LoggerMessage(1001, LogLevel.Error, "{GrainId} could not be written; {Receipts} receipts were not acknowledged.")]
    public static partial void WriteFailed(ILogger logger, Exception exception, GrainId grainId, int receipts);

    [LoggerMessage(
        1006,
        LogLevel.Error,
        "The state of workflow {WorkflowId}, its snapshot or the receipts behind it could not be read."
    )]
    public static partial void NotCompleted(ILogger logger, Exception exception, string workflowId);

    [LoggerMessage(
        1050,
        LogLevel.Error,
        "{GrainId} could not be folded again from its receipts; its state stays as it is."
    )]
    public static partial void NotRefolded(ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(
        1051,
        LogLevel.Information,
        "Refold {Job} under vocabulary {Vocabulary} continues after {Done} of {Total} workflows."
    )]
    public static partial void RefoldGoesOn(ILogger logger, Guid job, string vocabulary, long done, long total);

    [LoggerMessage(1052, LogLevel.Information, "Refold {Job} is finished: {Done} workflows, of which {Failed} failed.")]
    public static partial void RefoldFinished(ILogger logger, Guid job, long done, long failed);

    [LoggerMessage(1053, LogLevel.Warning, "Refold {Job} waits: {Reason}")]
    public static partial void RefoldWaits(ILogger logger, Guid job, string reason);

    [LoggerMessage(
        1054,
        LogLevel.Error,
        "Refold {Job} could not fold workflow {WorkflowId} again and continues without it."
    )]
    public static partial void RefoldFailed(ILogger logger, Exception exception, Guid job, string workflowId);

    [LoggerMessage(
        1055,
        LogLevel.Error,
        "The vocabulary in force is {InForce}, and this silo folds under {Own}: restart it with the same section "
            + "Vocabulary as the others."
    )]
    public static partial void OtherVocabularyInForce(ILogger logger, string inForce, string own);

    [LoggerMessage(1056, LogLevel.Warning, "The refold could not continue; it is tried again.")]
    public static partial void RefoldInterrupted(ILogger logger, Exception exception);

    [LoggerMessage(
        1057,
        LogLevel.Warning,
        "The words that were received could not be counted; they are counted later."
    )]
    public static partial void WordsNotCounted(ILogger logger, Exception exception);

    [LoggerMessage(
        1058,
        LogLevel.Error,
        "Refold {Job} continues without workflow {WorkflowId}, which stays as it was: receipts were removed that "
            + "were folded under another vocabulary."
    )]
    public static partial void RefoldLacksReceipts(ILogger logger, Guid job, string workflowId);

    [LoggerMessage(
        1120,
        LogLevel.Warning,
        "Receipt {Seq} of workflow {WorkflowId} and those after it stay: it is not what it should be, or was "
            + "folded under a vocabulary that is not known; audit says which."
    )]
    public static partial void ReceiptLeft(ILogger logger, string workflowId, long seq);
}
