using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>Says where two JSON values differ.</summary>
public static class JsonDifferences
{
    /// <summary>Each difference with its path; a property that only one of them has is one.</summary>
    public static IEnumerable<string> Find(JsonNode expected, JsonElement shown) =>
        Find("$", JsonSerializer.SerializeToElement(expected), shown);

    /// <summary>Each difference with its path; a property that only one of them has is one.</summary>
    public static IEnumerable<string> Find(string path, JsonElement expected, JsonElement shown)
    {
        if (expected.ValueKind != shown.ValueKind)
            return [$"{path} is {shown}, not {expected}"];

        return expected.ValueKind switch
        {
            JsonValueKind.Object => OfObjects(path, expected, shown),
            JsonValueKind.Array => OfArrays(path, expected, shown),
            _ => JsonElement.DeepEquals(expected, shown) ? [] : [$"{path} is {shown}, not {expected}"],
        };
    }

    private static IEnumerable<string> OfObjects(string path, JsonElement expected, JsonElement shown)
    {
        foreach (var property in expected.EnumerateObject())
        {
            if (!shown.TryGetProperty(property.Name, out var value))
            {
                yield return $"{path}.{property.Name} is not there";
                continue;
            }

            foreach (var difference in Find($"{path}.{property.Name}", property.Value, value))
                yield return difference;
        }

        foreach (var property in shown.EnumerateObject())
        {
            if (!expected.TryGetProperty(property.Name, out _))
                yield return $"{path}.{property.Name} is {property.Value}, and should not be there";
        }
    }

    private static IEnumerable<string> OfArrays(string path, JsonElement expected, JsonElement shown)
    {
        var (wanted, found) = (expected.GetArrayLength(), shown.GetArrayLength());
        if (wanted != found)
            yield return $"{path} has {found} elements, not {wanted}";

        for (var i = 0; i < Math.Min(wanted, found); i++)
        {
            foreach (var difference in Find($"{path}[{i}]", expected[i], shown[i]))
                yield return difference;
        }
    }
}
