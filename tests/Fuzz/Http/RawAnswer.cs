using System.Text;
using System.Text.Json;

namespace Orleans.Workflow.Fuzz.Tests.Http;

/// <summary>An answer as it came over the wire.</summary>
/// <param name="Status">The HTTP status; 0 if the connection was closed without an answer.</param>
/// <param name="Headers">The headers; names in lower case.</param>
/// <param name="Body">The body.</param>
public sealed record RawResponse(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The connection was closed without an answer.</summary>
    public static readonly RawResponse None = new(0, new Dictionary<string, string>(), []);

    /// <summary>A header, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Whether it is a problem that says what is wrong.</summary>
    public bool IsExplained
    {
        get
        {
            if (Header("content-type")?.StartsWith("application/problem+json", StringComparison.Ordinal) != true)
                return false;

            using var problem = JsonDocument.Parse(Body);
            return problem.RootElement.GetProperty("status").GetInt32() == Status
                && !string.IsNullOrWhiteSpace(problem.RootElement.GetProperty("title").GetString())
                && !string.IsNullOrWhiteSpace(problem.RootElement.GetProperty("detail").GetString());
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Status} {Header("content-type")} {Encoding.UTF8.GetString(Body)}";
}
