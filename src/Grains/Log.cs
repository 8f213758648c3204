using Microsoft.Extensions.Logging;

namespace Orleans.Workflow.Grains;

/// <summary>What the grains log. Event ids 1000 to 1099 and 1120 to 1129. No body, no label: a grain id holds the vendor's ids only.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Warning, "{GrainId} was folded under vocabulary {Stored}, this silo has {Own}; fold it again to make its words agree.")]
    public static partial void OtherVocabulary(ILogger logger, GrainId grainId, string stored, string own);

    [LoggerMessage(1001, LogLevel.Error, "{GrainId} could not be written; {Receipts} receipts were not acknowledged.")]
    public static partial void WriteFailed(ILogger logger, Exception exception, GrainId grainId, int receipts);

    [LoggerMessage(1002, LogLevel.Warning, "{GrainId} could not tell {NodeTask} what was decided; it is told again.")]
    public static partial void NotTold(ILogger logger, Exception exception, GrainId grainId, GrainId nodeTask);

    [LoggerMessage(1004, LogLevel.Warning, "{GrainId} could not look up whether a receipt that is delivered again is known.")]
    public static partial void NotLookedUp(ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(1005, LogLevel.Warning, "{GrainId} could not write its row behind; it is written later, and its workflow knows what is in it.")]
    public static partial void NotWritten(ILogger logger, Exception exception, GrainId grainId);

    [LoggerMessage(1120, LogLevel.Warning, "Receipt {Seq} of workflow {WorkflowId} and those after it stay: it is not what it should be, or was folded under another vocabulary; audit says which.")]
    public static partial void ReceiptLeft(ILogger logger, string workflowId, long seq);
}
