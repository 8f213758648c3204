using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Orleans.Workflow.Api.Tests.Http;

/// <summary>An answer, read to its end.</summary>
public sealed record Reply(int Status, HttpResponseHeaders Headers, MediaTypeHeaderValue? ContentType, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The body as JSON.</summary>
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
    }

    /// <summary>For messages: not every body is JSON.</summary>
    public override string ToString() => $"{Status} {Text}";

    /// <summary>A header that is there once.</summary>
    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? values.Single() : null;

    /// <summary>Expects a status; the message of a failure holds the body.</summary>
    public Reply Expect(int status)
    {
        Status.ShouldBe(status, Text);
        return this;
    }

    /// <summary>Expects a problem as RFC 9457 has it.</summary>
    public JsonElement ExpectProblem(int status, string? path = null)
    {
        Expect(status);
        ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = Json;
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.Word("type").ShouldBe("about:blank");
        problem.Word("title").ShouldNotBeNullOrWhiteSpace();
        problem.Word("detail").ShouldNotBeNullOrWhiteSpace();
        problem.Word("path").ShouldBe(path, Text);
        return problem;
    }
}

/// <summary>Short ways through JSON.</summary>
internal static class JsonElements
{
    public static string? Word(this JsonElement element, string name) => element.GetProperty(name).GetString();

    public static long Number(this JsonElement element, string name) => element.GetProperty(name).GetInt64();

    public static List<JsonElement> Items(this JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray()];
}
