namespace Orleans.Workflow.Grains.Notifications;

/// <summary>Why a body is not a notification.</summary>
/// <param name="Path">The JSON path of what is wrong.</param>
/// <param name="Detail">What is wrong and how to repair it.</param>
public sealed record NotificationError(string Path, string Detail);
