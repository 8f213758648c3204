using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Testing.Contracts;

/// <summary>
/// Compares answers with docs/openapi.json. Stricter than the document: an answer may have no property that is not
/// described. Of bodies of one shape the first is compared: a test that reads a hundred thousand must not wait for it.
/// </summary>
public static class Contract
{
    private const string Schemas = "#/components/schemas/";

    // Pages for people, and what other standards describe.
    private static readonly string[] NotDescribed =
    [
        "/console",
        "/docs",
        "/health/",
        "/metrics",
        "/openapi/",
        "/admin/dashboard",
    ];

    private static readonly EvaluationOptions Evaluation = new()
    {
        OutputFormat = OutputFormat.List,
        RequireFormatValidation = true,
    };

    private static readonly JsonObject Document = Load();
    private static readonly Shape Shape = new(Words(Document["components"]!["schemas"]!).ToFrozenSet());
    private static readonly DescribedBody Problem = Describe(new JsonObject { ["$ref"] = $"{Schemas}Problem" });
    private static readonly Route[] Routes = [.. ReadRoutes()];

    /// <summary>Where the document lies in the working copy.</summary>
    public static string Path => System.IO.Path.Combine(WorkingCopy.Root, "docs", "openapi.json");

    /// <summary>Compares an answer with what is described.</summary>
    /// <param name="method">The method of the request.</param>
    /// <param name="path">The path of the request, as it was sent, without the query.</param>
    /// <param name="status">The status of the answer.</param>
    /// <param name="contentType">The media type of the answer, without parameters; null if there is none.</param>
    /// <param name="body">The body; of a stream, what one event carries.</param>
    /// <exception cref="ContractException">The answer is not as it is described.</exception>
    public static void Check(string method, string path, int status, string? contentType, ReadOnlySpan<byte> body)
    {
        // Without a body there is nothing to compare but the status.
        if (NotDescribed.Any(path.StartsWith) || path == "/" || method == "HEAD")
            return;

        // What the HTTP server itself refuses has no body: it is no request of the contract.
        if (contentType is null && body.IsEmpty && status is 400 or 431)
            return;

        var where = $"{method} {path}: {status} {contentType}";
        if (Find(method, path) is not { } operation)
        {
            if (status < 400)
                throw new ContractException($"{where}: no such operation is described.");

            Evaluate(Problem, body, where);
            return;
        }

        if (!operation.TryGetValue(status, out var contents))
            throw new ContractException(
                $"{where}: only the answers {string.Join(", ", operation.Keys.Order())} are described."
            );

        if (contents.Count == 0 && body.IsEmpty)
            return;

        if (contentType is null || !contents.TryGetValue(contentType, out var described))
            throw new ContractException(
                $"{where}: only the content types {string.Join(", ", contents.Keys)} are described."
            );

        foreach (var part in contentType == "application/x-ndjson" ? Lines(body) : [body.ToArray()])
        {
            Evaluate(described, part, where);
        }
    }

    private static IEnumerable<byte[]> Lines(ReadOnlySpan<byte> body) =>
        System
            .Text.Encoding.UTF8.GetString(body)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(System.Text.Encoding.UTF8.GetBytes);

    private static void Evaluate(DescribedBody described, ReadOnlySpan<byte> body, string where)
    {
        // A body may repeat a name: a receipt has the vendor's, byte for byte. A document keeps both where a node would
        // refuse.
        using var document = System.Text.Json.JsonDocument.Parse(body.ToArray());
        var shape = Shape.Of(document.RootElement);
        if (described.Fitting.ContainsKey(shape))
            return;

        var results = described.Schema.Evaluate(document.RootElement, Evaluation);
        if (results.IsValid)
        {
            described.Fitting.TryAdd(shape, true);
            return;
        }

        var errors = results
            .Details.Where(static detail => detail.HasErrors)
            .SelectMany(static detail =>
                detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value} ({detail.EvaluationPath})")
            );
        var text = System.Text.Encoding.UTF8.GetString(body);
        throw new ContractException($"{where} is not as it is described:\n{string.Join('\n', errors)}\n{text}");
    }

    private static FrozenDictionary<int, FrozenDictionary<string, DescribedBody>>? Find(string method, string path) =>
        Array.Find(Routes, route => route.Method == method && route.Path.IsMatch($"/{path.Trim('/')}"))?.Answers;

    private static IEnumerable<Route> ReadRoutes()
    {
        foreach (var (path, operations) in Document["paths"]!.AsObject())
        {
            var pattern = new Regex(
                $"^{Regex.Replace(path, @"\{\w+\}", "[^/]+")}$",
                RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
            );
            foreach (var (method, operation) in operations!.AsObject())
            {
                var answers = operation!["responses"]!
                    .AsObject()
                    .ToFrozenDictionary(
                        static response => int.Parse(response.Key, System.Globalization.CultureInfo.InvariantCulture),
                        static response =>
                            (response.Value!["content"]?.AsObject() ?? []).ToFrozenDictionary(
                                static content => content.Key,
                                static content => Describe(content.Value!["schema"]!.DeepClone())
                            )
                    );
                yield return new Route(method.ToUpperInvariant(), pattern, answers);
            }
        }
    }

    private static DescribedBody Describe(JsonNode schema) =>
        new(
            JsonSchema.FromText(
                new JsonObject
                {
                    ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
                    ["allOf"] = new JsonArray(schema),
                    ["components"] = Document["components"]!.DeepClone(),
                }.ToJsonString()
            )
        );

    private static IEnumerable<string> Words(JsonNode schema) =>
        schema switch
        {
            JsonObject described => described.SelectMany(static part =>
                part.Key == "enum" ? part.Value!.AsArray().Select(static word => (string)word!) : Words(part.Value!)
            ),
            JsonArray parts => parts.SelectMany(static part => Words(part!)),
            _ => [],
        };

    private static JsonObject Load()
    {
        var document = JsonNode.Parse(File.ReadAllBytes(Path))!.AsObject();
        foreach (var (_, schema) in document["components"]!["schemas"]!.AsObject())
            Close(schema);

        return document;
    }

    /// <summary>
    /// Allows no other properties than those that are described. Of what has none, only the empty object is described
    /// as such.
    /// </summary>
    private static void Close(JsonNode? schema)
    {
        if (schema is JsonObject { } described && described["type"]?.ToJsonString() == "\"object\"")
            described.TryAdd("additionalProperties", false);
    }

    /// <param name="Schema">What a body must fit.</param>
    private sealed record DescribedBody(JsonSchema Schema)
    {
        /// <summary>Shapes of bodies that fit.</summary>
        public ConcurrentDictionary<string, bool> Fitting { get; } = new(StringComparer.Ordinal);
    }

    private sealed record Route(
        string Method,
        Regex Path,
        FrozenDictionary<int, FrozenDictionary<string, DescribedBody>> Answers
    );
}

/// <summary>An answer is not as the contract describes it.</summary>
public sealed class ContractException(string message) : Exception(message);
