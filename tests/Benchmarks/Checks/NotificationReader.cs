using System.Collections.Immutable;
using System.Text.Json;
using Orleans.Workflow.Grains.Domain;

namespace Orleans.Workflow.Benchmarks.Checks;

/// <summary>Reads a body that this program made, without the product's own reader.</summary>
internal static class NotificationReader
{
    public static Notification Read(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        var actions = root.GetProperty("actions").EnumerateArray().Select(action => new ActionEntry(
            Text(action, "nodetask_id")!, Text(action, "nodetask_name")!, Text(action, "node_type")!, Text(action, "task_id"), Text(action, "task_status")));
        return new Notification(Text(root, "workflow_id")!, Text(root, "workflow_name")!, Text(root, "status")!, actions.ToImmutableArray());
    }

    private static string? Text(JsonElement element, string field) =>
        element.TryGetProperty(field, out var value) ? value.GetString() : null;
}
