using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Tests.Http;

/// <summary>Notifications in short.</summary>
internal static class Report
{
    private static int _last;

    /// <summary>An id that no other test uses.</summary>
    public static string NewId() => $"w{Interlocked.Increment(ref _last):x6}{Guid.CreateVersion7():n}";

    public static StatusChange Workflow(
        string id,
        string status = "running",
        string name = "Autumn",
        params StatusChangeAction[] actions
    ) => new(id, name, status, [.. actions]);

    public static StatusChangeAction Node(
        string id,
        string name = "Voicebot",
        string type = "call",
        string? task = null,
        string? status = null
    ) => new(id, name, type, task, status);
}
