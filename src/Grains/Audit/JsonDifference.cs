using System.Text.Json.Nodes;

namespace Orleans.Workflow.Grains.Audit;

/// <summary>Finds where two JSON values differ first.</summary>
internal static class JsonDifference
{
    /// <summary>The path and the two values there; null if they are equal.</summary>
    public static (string Path, string? Expected, string? Stored)? Find(string expected, string stored) =>
        expected == stored ? null : Find("$", JsonNode.Parse(expected), JsonNode.Parse(stored));

    private static (string Path, string? Expected, string? Stored)? Find(
        string path,
        JsonNode? expected,
        JsonNode? stored
    )
    {
        if (JsonNode.DeepEquals(expected, stored))
            return null;

        if (expected is JsonObject a && stored is JsonObject b)
        {
            var name = a.Select(static member => member.Key)
                .Union(b.Select(static member => member.Key))
                .First(name => !JsonNode.DeepEquals(a[name], b[name]));
            return Find($"{path}.{name}", a[name], b[name]);
        }

        if (expected is JsonArray c && stored is JsonArray d && c.Count == d.Count)
        {
            var place = Enumerable.Range(0, c.Count).First(i => !JsonNode.DeepEquals(c[i], d[i]));
            return Find($"{path}[{place}]", c[place], d[place]);
        }

        return (path, expected?.ToJsonString(), stored?.ToJsonString());
    }
}
