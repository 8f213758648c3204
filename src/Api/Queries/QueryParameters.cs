using System.Globalization;
using System.Text.Json;

namespace Orleans.Workflow.Api.Queries;

/// <summary>
/// Reads the parameters of a query. A parameter that is unknown, is there twice or makes no sense is an error that names it; the
/// first one is told.
/// </summary>
internal sealed class QueryParameters
{
    private readonly IQueryCollection _query;

    /// <summary>Reads the parameters of a request.</summary>
    /// <param name="query">The request's parameters.</param>
    /// <param name="known">The names that the query has.</param>
    public QueryParameters(IQueryCollection query, params ReadOnlySpan<string> known)
    {
        _query = query;
        foreach (var (name, values) in query)
        {
            if (!known.Contains(name))
                Error ??= Problem.BadRequest($"There is no parameter '{name}'; there are: {string.Join(", ", known.ToArray())}.", name);
            else if (values.Count != 1)
                Error ??= Problem.BadRequest($"The parameter '{name}' is there {values.Count} times; send it once.", name);
        }
    }

    /// <summary>The first thing that was wrong.</summary>
    public Problem? Error { get; private set; }

    /// <summary>A text; null if it is not there.</summary>
    public string? Text(string name, int longest = 1024)
    {
        if (!_query.TryGetValue(name, out var values))
            return null;

        var text = values.ToString();
        if (text.Length == 0 || text.Length > longest || text.Contains('\0'))
            Error ??= Problem.BadRequest($"The parameter '{name}' must have 1 to {longest} characters, none of them NUL.", name);

        return text;
    }

    /// <summary>A word of an enumeration, snake case; null if it is not there.</summary>
    public T? Word<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
            return null;

        foreach (var value in Enum.GetValues<T>())
        {
            if (Snake(value) == text)
                return value;
        }

        Wrong(name, text, $"one of: {string.Join(", ", Enum.GetValues<T>().Select(Snake))}");
        return null;

        static string Snake(T value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
    }

    /// <summary>A whole number within bounds; null if it is not there.</summary>
    public long? Number(string name, long least, long most)
    {
        if (Text(name) is not { } text)
            return null;

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;

        Wrong(name, text, $"a whole number from {least} to {most}");
        return null;
    }

    /// <summary>A time; null if it is not there.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value))
            return value;

        Wrong(name, text, "a time such as 2026-11-22T10:00:00Z (write a '+' as %2B)");
        return null;
    }

    /// <summary>A span of time such as <c>30s</c>, up to a bound; null if it is not there.</summary>
    public TimeSpan? Duration(string name, TimeSpan most)
    {
        if (Text(name) is not { } text)
            return null;

        var unit = text.EndsWith("ms", StringComparison.Ordinal) ? (Length: 2, Milliseconds: 1d)
            : text.EndsWith('s') ? (1, 1_000)
            : text.EndsWith('m') ? (1, 60_000)
            : text.EndsWith('h') ? (1, 3_600_000)
            : text.EndsWith('d') ? (1, 86_400_000)
            : (0, 0);
        if (unit.Milliseconds > 0
            && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value * unit.Milliseconds <= most.TotalMilliseconds)
        {
            return TimeSpan.FromMilliseconds(value * unit.Milliseconds);
        }

        Wrong(name, text, $"a time such as 500ms, 30s, 5m, 1h or 1d, {(most.Days > 0 ? $"{most.Days}d" : $"{most.TotalSeconds:0}s")} at most");
        return null;
    }

    /// <summary>How many items a page has at most.</summary>
    public const int MaxLimit = 1000;

    /// <summary>How many items a page has.</summary>
    public int Limit(int byDefault = 100) => (int)(Number("limit", 1, MaxLimit) ?? byDefault);

    /// <summary>Notes that a parameter makes no sense.</summary>
    public void Wrong(string name, string text, string expected) =>
        Error ??= Problem.BadRequest($"The parameter '{name}' is '{text}'; it must be {expected}.", name);
}
