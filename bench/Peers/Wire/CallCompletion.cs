namespace Orleans.Workflow.Wire;

/// <summary>The vendor's notification that a call has ended, as far as a peer reads it.</summary>
public sealed record CallCompletion(
    string WorkflowId,
    string WorkflowName,
    string NodetaskId,
    string NodetaskName,
    string CaseId,
    string CallId,
    string Callee,
    int HangupReason
);
