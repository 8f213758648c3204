using System.Text.Json;

namespace Orleans.Workflow.Benchmarks.Checks;

/// <summary>What an answer says other than it should.</summary>
internal sealed class Differences
{
    private readonly List<string> _found = [];

    public void Add(string difference) => _found.Add(difference.TrimStart());

    public void Text(string field, string? expected, JsonElement shown, string where = "")
    {
        var actual = shown.TryGetProperty(field, out var value) ? value.GetString() : "(absent)";
        if (actual != expected)
            Add($"{where} {field} is {actual ?? "null"}, not {expected ?? "null"}");
    }

    /// <summary>All of them in one line; null if there is none.</summary>
    public override string? ToString() => _found.Count == 0 ? null : string.Join("; ", _found);
}
