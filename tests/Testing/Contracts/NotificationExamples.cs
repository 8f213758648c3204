using System.Text.Json.Nodes;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Testing.Contracts;

/// <summary>The example of each kind in docs/examples, and bodies that differ from it in one place.</summary>
public static class NotificationExamples
{
    /// <summary>The example of a kind.</summary>
    public static byte[] Of(NotificationKind kind) =>
        File.ReadAllBytes(Path.Combine(WorkingCopy.Root, "docs", "examples", $"{kind.Name.Replace('_', '-')}.json"));

    /// <summary>The example of a kind with a change.</summary>
    public static byte[] With(NotificationKind kind, Action<JsonObject> change)
    {
        var body = JsonNode.Parse(Of(kind))!.AsObject();
        change(body);
        return Bytes(body.ToJsonString());
    }

    /// <summary>A text as a body.</summary>
    public static byte[] Bytes(string json) => System.Text.Encoding.UTF8.GetBytes(json);
}
