namespace Orleans.Workflow.Api.Webhooks;

/// <summary>Why a body is not a notification.</summary>
/// <param name="Path">The JSON path of what is wrong.</param>
/// <param name="Detail">What is wrong and how to mend it.</param>
internal sealed record NotificationError(string Path, string Detail);
