using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Orleans.Workflow.Api.Queries;

namespace Orleans.Workflow.Api.Console;

/// <summary>The query of a page: a form sends its empty fields too, and they mean nothing.</summary>
public sealed class ConsoleQuery
{
    /// <summary>The names of what says which page of a list is shown.</summary>
    private static readonly string[] Places = ["cursor", "page", "to"];

    private readonly QueryCollection _query;

    /// <summary>Reads the query of a request.</summary>
    public ConsoleQuery(HttpContext context)
    {
        // As it was sent: a decoded path would have to be encoded again, and could not tell %2F from %252F.
        Path = RawPath.PathOf(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget).ToString();
        _query = new QueryCollection(
            context.Request.Query.Where(static pair => pair.Value != string.Empty).ToDictionary()
        );
    }

    /// <summary>The path of the page, as it was sent.</summary>
    public string Path { get; }

    /// <summary>What was said of something; null if nothing was.</summary>
    public string? this[string name] => _query.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>Reads it with the names that the page knows.</summary>
    internal QueryParameters Parameters(params ReadOnlySpan<string> known) => new(_query, known);

    /// <summary>What a form must send again, beside its own fields, to stay on the same page.</summary>
    /// <param name="fields">The names of its own fields.</param>
    public IEnumerable<KeyValuePair<string, string>> Without(params IEnumerable<string> fields) =>
        _query
            .Where(pair => !Places.Contains(pair.Key) && !fields.Contains(pair.Key))
            .Select(static pair => KeyValuePair.Create(pair.Key, pair.Value.ToString()));

    /// <summary>
    /// The address of the same page with some things said otherwise; null leaves one out. It always leads to the first
    /// page.
    /// </summary>
    public string With(params ReadOnlySpan<(string Name, string? Value)> changes)
    {
        var values = _query.ToDictionary(static pair => pair.Key, static pair => (string?)pair.Value.ToString());
        foreach (var name in Places)
            values.Remove(name);

        foreach (var (name, value) in changes)
            values[name] = value;

        var query = new QueryBuilder(
            values
                .Where(static pair => pair.Value is not null)
                .Select(static pair => KeyValuePair.Create(pair.Key, pair.Value!))
        );
        return Path + query.ToQueryString();
    }
}
