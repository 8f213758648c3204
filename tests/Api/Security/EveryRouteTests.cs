using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>
/// Every route and every page is asked for a person. The routes are the product's own, and the facts are the examples
/// of all kinds, so that a further route or kind is asked too.
/// </summary>
public sealed partial class EveryRouteTests : IAsyncLifetime
{
    private const string Reader = "reader-key-0123456789";
    private const string Supporter = "supporter-key-0123456789";
    private const string Workflow = "5f0c2a7be41d4c0f9a6be2d1730f8c11";

    /// <summary>The number of the person, without the leading plus.</summary>
    private const string Number = "15550100987";

    /// <summary>The number in the examples: the contract, which shows them, has it too.</summary>
    private const string NumberOfExamples = "12025550174";

    /// <summary>How long a stream is listened to.</summary>
    private static readonly TimeSpan Listening = TimeSpan.FromSeconds(1);

    private static readonly string[] Settings =
    [
        "--Sources:near:AllowedAddresses=127.0.0.0/8, ::1",
        "--Sources:keeper:AllowedAddresses=127.0.0.0/8, ::1",
        "--Sources:keeper:UnknownKinds=Keep",
        $"--Access:Keys:reader:Secrets:0={Reader}",
        $"--Access:Keys:supporter:Secrets:0={Supporter}",
        "--Access:Keys:supporter:Role=read-personal",
        "--Dashboard:Enabled=true",
    ];

    private readonly SqliteFile _database = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.Ordinal);
    private ApiProcess? _api;

    /// <summary>The values of parameters, in paths and in queries. A new parameter needs one here.</summary>
    private Dictionary<string, string[]> Values { get; } =
        new(StringComparer.Ordinal)
        {
            ["workflow_id"] = [Workflow],
            ["source"] = ["near"],
            ["secret"] = ["no-secret-0123456789"],
            ["hash"] = ["0"],
            ["name"] = ["console.js", "Winter", "workflow_name"],
            ["documentName"] = ["v1"],
            ["rest"] = ["none"],
            ["min_version"] = ["1"],
            ["until"] = ["scheduled"],
            ["wait"] = ["1ms"],
            ["as_of_version"] = ["1"],
            ["as_of"] = ["2100-01-01T00:00:00Z"],
            ["task_id"] = ["7c1d9f4be0a24f1c8a52d3b0c9e8f702"],
            ["dry_run"] = ["true"],
            ["limit"] = ["1", "1000"],
            ["phase"] = ["active"],
            ["status"] = ["running"],
            ["outcome"] = ["completed"],
            ["attention"] = ["several_sources"],
            ["node_type"] = ["call"],
            ["changed_after"] = ["2020-01-01"],
            ["changed_before"] = ["2100-01-01"],
            ["silent_for"] = ["1ms"],
            ["unreviewed"] = ["true"],
            ["subject"] = [Workflow],
            ["kind"] = ["list_completion", "call_completion", "unknown"],
            ["value"] = ["14", "read"],
            ["case_id"] = ["c-000174"],
            ["callee"] = [Number, $"+{Number}"],
            ["received_after"] = ["2020-01-01"],
            ["received_before"] = ["2100-01-01"],
            ["sort"] = ["name"],
            ["group_by"] = ["phase", "status", "name"],
            ["last_event_id"] = ["0"],
            ["every"] = ["100ms"],
            ["include"] = ["workflow", "facts"],
        };

    public async ValueTask InitializeAsync()
    {
        _api = await ApiProcess.StartInProductionAsync(_database, Settings);
        var receipts = new List<string>();
        await Send("near", RawBody.Of(Workflow));
        foreach (var example in Directory.GetFiles(Path.Combine(WorkingCopy.Root, "docs", "examples"), "*.json"))
        {
            var kind = Path.GetFileNameWithoutExtension(example);
            var body = await File.ReadAllTextAsync(example);
            body = body.Replace(NumberOfExamples, Number, StringComparison.Ordinal);
            if (kind == "status-change")
                kind = null;
            else
                body.ShouldContain(Number, Case.Sensitive, kind);

            await Send("near", body, kind);
        }

        await Send("keeper", $$"""{"something":"new","callee":"+{{Number}}","workflow_id":"{{Workflow}}"}""");
        var refused = new List<string>();
        foreach (
            var body in (string[])
                [
                    $$"""{"callee_number":"+{{Number}}"}""",
                    $$"""{"workflow_id":["{{Number}}"],"workflow_name":"x","status":"running","actions":[]}""",
                    $$"""{"workflow_id":"{{Number}}" """,
                ]
        )
        {
            var reply = await _api.Client.PostAsync(Encoding.UTF8.GetBytes(body), "/webhooks/near/workflow-status");
            refused.Add(reply.Expect(400).Json.Word("rejection_id")!);
        }

        var state = (await _api.Client.GetAsync(ApiClient.Of(Workflow), GuardedApi.Key(Reader))).Expect(200).Json;
        Values["nodetask_id"] = [.. state.Items("nodes").Select(static node => node.Word("nodetask_id")!)];
        Values["receipt_id"] = [.. receipts];
        Values["refused_id"] = [.. refused];

        async Task Send(string source, string body, string? kind = null)
        {
            var path = kind is null ? $"/webhooks/{source}" : $"/webhooks/{source}/{kind}";
            var reply = (await _api.Client.PostAsync(Encoding.UTF8.GetBytes(body), path)).Expect(200);
            receipts.Add(reply.Header("X-Receipt-Id").ShouldNotBeNull());
        }
    }

    [Fact]
    public async Task The_role_read_sees_a_number_in_no_answer_of_any_route()
    {
        // Another file: a process has its own for itself.
        using var another = new SqliteFile();
        var routes = await ProductRoutes.Read([.. another.Settings, .. Settings, $"--urls={Unused}"]);
        routes.Length.ShouldBeGreaterThan(50);

        (await FindIn(routes, Reader)).ShouldBeEmpty();

        // What is asked would find a number: those who may see it do, on these.
        var (found, asked) = (await FindIn(routes, Supporter), _asked.Count);
        string[] expected =
        [
            "GET /workflows/{workflow_id}/facts",
            "GET /workflows/{workflow_id}/nodes/{nodetask_id}/facts",
            "GET /facts",
            "GET /receipts/{receipt_id}",
            "GET /console/receipts/{receipt_id}",
            "GET /console/refused/{refused_id}",
            "GET /console/workflows/{workflow_id}/facts",
            "GET /console/workflows/{workflow_id}/nodes/{nodetask_id}/facts",
            "link /console/facts?case_id=c-000174",
        ];
        expected.Except(found.Select(static one => one.Split(": ")[0])).ShouldBeEmpty();
        asked.ShouldBeGreaterThan(300);
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();

        _http.Dispose();
        _database.Dispose();
    }

    /// <summary>An address that nothing listens on.</summary>
    private static string Unused => $"http://127.0.0.1:{FreePort.Next()}";

    /// <summary>Asks every route, and every link on the pages that are answered; gives where the number is.</summary>
    private async Task<IReadOnlyCollection<string>> FindIn(IEnumerable<ProductRoute> routes, string key)
    {
        _asked.Clear();
        var found = new ConcurrentBag<string>();
        var links = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var requests =
            from route in routes
            from method in route.Methods
            from path in route.Paths(Values)
            from query in Queries(route)
            select (Name: $"{method} {route.Pattern.RawText}", method, path + query);
        await Parallel.ForEachAsync(requests.ToList(), Ask);
        for (var depth = 0; depth < 2; depth++)
            await Parallel.ForEachAsync(
                links.Keys.Where(link => !_asked.ContainsKey($"GET {link}")).ToList(),
                (link, cancellation) => Ask(($"link {link}", "GET", link), cancellation)
            );

        return found;

        async ValueTask Ask((string Name, string Method, string Address) request, CancellationToken cancellation)
        {
            if (!_asked.TryAdd($"{request.Method} {request.Address}", true))
                return;

            var text = await Read(request.Method, request.Address, key, cancellation);
            if (Forms(text).Any(static form => form.Contains(Number, StringComparison.Ordinal)))
                found.Add($"{request.Name}: {request.Method} {request.Address}");

            if (request.Address.StartsWith("/console", StringComparison.Ordinal))
            {
                foreach (Match link in Link().Matches(text))
                    links.TryAdd(WebUtility.HtmlDecode(link.Groups[1].Value), true);
            }
        }
    }

    /// <summary>Nothing, and each value of each parameter by itself.</summary>
    private IEnumerable<string> Queries(ProductRoute route) =>
        [
            "",
            .. route
                .Parameters.Where(static name => name != "cursor")
                .Distinct()
                .SelectMany(name =>
                    Values
                        .GetValueOrDefault(name)
                        .ShouldNotBeNull($"{route} has the parameter '{name}': give it a value")
                        .Select(value => $"?{name}={Uri.EscapeDataString(value)}")
                ),
        ];

    /// <summary>The headers and the body of an answer; of a stream what comes at once.</summary>
    private async Task<string> Read(string method, string address, string key, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_api!.Root, address));
        request.Headers.Add("X-Api-Key", key);
        if (method is not ("GET" or "HEAD"))
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        ((int)answer.StatusCode).ShouldNotBe(500, $"{method} {address}");
        var text = new StringBuilder($"{answer.Headers}{answer.Content.Headers}");
        if (answer.Content.Headers.ContentType?.MediaType != "text/event-stream")
            return text.Append(await answer.Content.ReadAsStringAsync(cancellation)).ToString();

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(Listening);
        var buffer = new byte[65536];
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(end.Token);
            for (int read; (read = await stream.ReadAsync(buffer, end.Token)) > 0; )
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // It would not end by itself.
        }

        return text.ToString();
    }

    /// <summary>A text as it is, and with whatever may be encoded in it decoded.</summary>
    private static IEnumerable<string> Forms(string text) =>
        [
            text,
            Uri.UnescapeDataString(text),
            WebUtility.HtmlDecode(text),
            Escaped().Replace(text, static match => $"{(char)Convert.ToInt32(match.Groups[1].Value, 16)}"),
        ];

    [GeneratedRegex("""href="(/[^"#]*)""")]
    private static partial Regex Link();

    [GeneratedRegex(@"\\u([0-9a-fA-F]{4})")]
    private static partial Regex Escaped();
}
