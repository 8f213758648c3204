using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orleans.Workflow.Fuzz.Tests.Requests;

/// <summary>Changes a body as JSON: it stays JSON, and may or may not stay a notification.</summary>
internal static class JsonMutations
{
    private static readonly string[] Names =
    [
        "workflow_id",
        "workflow_name",
        "status",
        "actions",
        "nodetask_id",
        "nodetask_name",
        "node_type",
        "task_id",
        "task_status",
        "extra",
        "",
        "Status",
        "__proto__",
        "$type",
    ];

    /// <summary>Lengths of strings around the limits of the fields.</summary>
    private static readonly int[] Lengths = [127, 128, 129, 256, 257, 1024, 1025, 20_000];

    /// <summary>Values as JSON text; a few are no JSON values at all, which is another way to be wrong.</summary>
    private static readonly string[] Values =
    [
        "null",
        "true",
        "0",
        "-1.5e300",
        "[]",
        "{}",
        "\"\"",
        "\" \"",
        "\"finished\"",
        "\"never heard of\"",
        @"""\u0000""",
        @"""\ud83d""",
        @"""\ud83d\ude00""",
        "\"\u202E\u202E\"",
        "\"<script>alert(1)</script>\"",
        "\"'; DROP TABLE workflow; --\"",
        "\"../../etc/passwd\"",
        @"""a\r\nX-Injected: 1""",
        "\"%2F%00\"",
        "{\"a\":{\"a\":1,\"a\":2}}",
        "[[[[[[[[[[]]]]]]]]]]",
        "\".\"",
        "\"..\"",
        "\"\u001b[31m\"",
        "NaN",
        "01",
    ];

    /// <summary>Changes one to three members somewhere in the tree.</summary>
    public static string Apply(SeededRandom random, string body)
    {
        for (var i = random.Between(1, 3); i > 0; i--)
            body = Once(random, body) ?? body;

        return body;
    }

    /// <summary>A changed body; null if the last change made it something that no tree of nodes holds.</summary>
    private static string? Once(SeededRandom random, string body)
    {
        try
        {
            var root = JsonNode.Parse(body);
            return Pick(random, root) is { } target ? Change(random, root!, target) : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Change(SeededRandom random, JsonNode root, JsonObject target)
    {
        // What is put in is text, so that it can be what no tree can hold: it replaces a mark.
        const string Mark = "@@mark@@";
        var name = random.OneOf<string>(Names);
        switch (random.Below(4))
        {
            case 0 when target.Count > 0:
                target.Remove(target.ElementAt(random.Below(target.Count)).Key);
                break;
            case 1 when target.Count > 0:
                target[target.ElementAt(random.Below(target.Count)).Key] = Mark;
                break;
            case 2:
                target[name] = Mark;
                break;
            default:
                return Twice(random, root.ToJsonString(), name);
        }

        return root.ToJsonString().Replace($"\"{Mark}\"", Value(random), StringComparison.Ordinal);
    }

    private static string Value(SeededRandom random) =>
        random.Below(12) switch
        {
            0 => $"\"{new string(random.OneOf('x', 'é', '\u202E'), random.OneOf<int>(Lengths))}\"",
            1 => string.Concat(new string('[', random.Between(20, 60)), new string(']', random.Between(20, 60))),
            _ => random.OneOf<string>(Values),
        };

    /// <summary>Puts a name into some object a second time, which a tree of nodes can't hold either.</summary>
    private static string Twice(SeededRandom random, string body, string name)
    {
        var at = body.IndexOf('{', random.Below(body.Length));
        return at < 0 ? body : body.Insert(at + 1, $"\"{name}\":{Value(random)},");
    }

    private static JsonObject? Pick(SeededRandom random, JsonNode? root)
    {
        if (root is not JsonObject top)
            return null;

        var objects = new List<JsonObject> { top };
        if (top["actions"] is JsonArray actions)
            objects.AddRange(actions.OfType<JsonObject>());

        return objects[random.Below(objects.Count)];
    }
}
