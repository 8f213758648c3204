using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orleans.Workflow.Api.Queries;

/// <summary>
/// Reads the parameters of a query. A parameter that is unknown, repeated or invalid is an error that names it; the
/// first error is answered.
/// </summary>
internal sealed partial class QueryParameters
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
                Error ??= Problem.BadRequest(
                    $"There is no parameter '{name}'; there are: {string.Join(", ", known.ToArray())}.",
                    name
                );
            else if (values.Count != 1)
                Error ??= Problem.BadRequest(
                    $"The parameter '{name}' is there {values.Count} times; send it once.",
                    name
                );
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
            Error ??= Problem.BadRequest(
                $"The parameter '{name}' must have 1 to {longest} characters, none of them NUL.",
                name
            );

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

        if (
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least
            && value <= most
        )
            return value;

        Wrong(name, text, $"a whole number from {least} to {most}");
        return null;
    }

    /// <summary>Whether something is wanted: <c>true</c> or <c>false</c>, which it is if it is not there.</summary>
    public bool Switch(string name)
    {
        var text = Text(name);
        if (text is not (null or "true" or "false"))
            Wrong(name, text, "true or false");

        return text == "true";
    }

    /// <summary>An id of ours; null if it is not there.</summary>
    public Guid? Id(string name)
    {
        if (Text(name) is not { } text)
            return null;

        if (Guid.TryParse(text, out var id))
            return id;

        Wrong(name, text, "the id that a page before gave");
        return null;
    }

    /// <summary>A time; null if it is not there.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;

        // The day as ISO 8601 has it: "10:00" parses too, as that hour of the present day, and "1/2/2026" as a day that
        // others read otherwise.
        if (
            Day().IsMatch(text)
            && DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var value
            )
        )
            return value;

        Wrong(name, text, "a time such as 2026-11-22T10:00:00Z (write a '+' as %2B)");
        return null;
    }

    /// <summary>A span of time such as <c>30s</c>, up to a bound; null if it is not there.</summary>
    public TimeSpan? Duration(string name, TimeSpan most)
    {
        if (Text(name) is not { } text)
            return null;

        var unit =
            text.EndsWith("ms", StringComparison.Ordinal) ? (Length: 2, Milliseconds: 1m)
            : text.EndsWith('s') ? (1, 1_000)
            : text.EndsWith('m') ? (1, 60_000)
            : text.EndsWith('h') ? (1, 3_600_000)
            : text.EndsWith('d') ? (1, 86_400_000)
            : (0, 0);
        // A decimal has no infinities, no NaN and no negative zero, and divided by the unit the bound can't overflow.
        if (
            unit.Milliseconds > 0
            && decimal.TryParse(
                text.AsSpan(0, text.Length - unit.Length),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var value
            )
            && value <= (decimal)most.TotalMilliseconds / unit.Milliseconds
        )
        {
            return TimeSpan.FromTicks((long)(value * unit.Milliseconds * TimeSpan.TicksPerMillisecond));
        }

        var bound = most.Days > 0 ? $"{most.Days}d" : $"{most.TotalSeconds:0}s";
        Wrong(name, text, $"a time such as 500ms, 30s, 5m, 1h or 1d, {bound} at most");
        return null;
    }

    /// <summary>How many items a page has at most.</summary>
    public const int MaxLimit = 1000;

    /// <summary>How many items a page has.</summary>
    public int Limit(int byDefault = 100) => (int)(Number("limit", 1, MaxLimit) ?? byDefault);

    /// <summary>Notes that a parameter is invalid.</summary>
    public void Wrong(string name, string text, string expected) =>
        Note(Problem.BadRequest($"The parameter '{name}' is '{text}'; it must be {expected}.", name));

    /// <summary>Notes that something is wrong with the request; what was noted first is answered.</summary>
    public void Note(Problem problem) => Error ??= problem;

    /// <summary>What was sent for some names, as it was sent; null where nothing was.</summary>
    public IEnumerable<string?> Sent(params IEnumerable<string> names) =>
        names.Select(name => _query.TryGetValue(name, out var values) ? values.ToString() : null);

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d([T ]|$)")]
    private static partial Regex Day();
}
