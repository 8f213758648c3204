using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Feeds;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Upgrades;

/// <summary>The product in one process, as in production: commands alone change schema and vocabulary.</summary>
internal sealed partial class UpgradeProduct : IAsyncDisposable
{
    /// <summary>The vocabulary that is in force in a fixture: the product starts with no other.</summary>
    public static readonly ImmutableArray<string> Vocabulary =
    [
        "--Vocabulary:Words:on hold=scheduled",
        "--Vocabulary:Words:proofreading=active:20",
    ];

    /// <summary>A source that has a secret.</summary>
    public const string SecretSource = "account-1";
    public const string Secret = "0123456789abcdef0123456789abcdef";

    private const string AdminKey = "the-key-of-the-upgrade-tests-0123456789";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);
    private static readonly UriCreationOptions AsWritten = new()
    {
        DangerousDisablePathAndQueryCanonicalization = true,
    };

    private static readonly string[] HeadersKept = ["ETag", "X-Removed-Through-Seq", "X-Removed-Through-Version"];

    private readonly UpgradeDatabase _database;
    private readonly ServiceProcess _process;
    private readonly Uri _address;
    private readonly HttpClient _http = new(new ContractHandler()) { Timeout = Deadline };

    private UpgradeProduct(UpgradeDatabase database, IEnumerable<string> settings)
    {
        (_database, _address) = (database, new Uri($"http://127.0.0.1:{FreePort.Next()}"));
        _process = ServiceProcess.Start(
            WorkingCopy.Api,
            [
                $"--urls={_address}",
                .. database.Settings,
                .. settings,
                "--Access:AllowAnonymous=true",
                "--Access:Keys:operator:Role=admin",
                $"--Access:Keys:operator:Secrets:0={AdminKey}",
                "--Sources:airudder:AllowAnonymous=true",
                $"--Sources:{SecretSource}:Secrets:0={Secret}",
            ],
            Production
        );
        _http.DefaultRequestHeaders.Add("X-Api-Key", AdminKey);
    }

    private static KeyValuePair<string, string?>[] Production =>
        [new("ASPNETCORE_ENVIRONMENT", "Production"), new("DOTNET_ENVIRONMENT", "Production")];

    public static async Task<UpgradeProduct> StartAsync(UpgradeDatabase database, params IEnumerable<string> settings)
    {
        var product = new UpgradeProduct(database, settings);
        await product._process.WaitUntilReadyAsync(new Uri(product._address, "/health/ready"), Deadline);
        return product;
    }

    /// <summary>Runs a command on a database and expects that it can be done.</summary>
    public static async Task RunAsync(UpgradeDatabase database, string command, params IEnumerable<string> settings)
    {
        string[] arguments = [command, .. database.Settings, .. settings];
        await using var process = ServiceProcess.Start(WorkingCopy.Silo, arguments, Production);
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, process.Output.ToString());
    }

    public static Task<AuditRun> AuditAsync(UpgradeDatabase database) =>
        AuditRun.Of([.. database.Settings, .. Vocabulary]);

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(At(path));

    public async Task<JsonElement> GetJsonAsync(string path)
    {
        using var response = await GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{path}: {(int)response.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public Task<HttpResponseMessage> PostAsync(
        string path,
        byte[] body,
        string contentType = "application/json",
        string? coding = null
    )
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (coding is not null)
            content.Headers.ContentEncoding.Add(coding);

        return _http.PostAsync(At(path), content);
    }

    /// <summary>Asks as it is to be compared.</summary>
    public async Task<RecordedResponse> AskAsync(string path)
    {
        var parts = ImmutableArray.CreateBuilder<string>();
        ImmutableArray<string> headers = [];
        string? cursor = null;
        do
        {
            var next = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            using var response = await GetAsync(path + next);
            if (!response.IsSuccessStatusCode)
                return new RecordedResponse(path, (int)response.StatusCode, Kept(response), []);

            var page = await response.Content.ReadAsStringAsync();
            headers = [.. headers, .. Kept(response)];
            cursor = path.Contains("limit=", StringComparison.Ordinal) ? NextCursor(page) : null;

            // A cursor is opaque: only whether there is one is compared.
            parts.Add(
                path.StartsWith("/console/", StringComparison.Ordinal) ? Shown(page)
                : cursor is null ? page
                : page.Replace($"\"{cursor}\"", "\"more\"", StringComparison.Ordinal)
            );
        } while (cursor is not null);
        return new RecordedResponse(path, 200, headers, parts.DrainToImmutable());
    }

    /// <summary>Reads a feed until an event.</summary>
    /// <returns>The id of the last event, and the events as they are to be compared.</returns>
    public async Task<(string LastId, RecordedResponse Answer)> FollowAsync(
        string path,
        Func<int, ReceivedEvent, bool> isLast
    )
    {
        using var reader = new FeedReader();
        using var late = new CancellationTokenSource(Deadline);
        var parts = ImmutableArray.CreateBuilder<string>();
        await foreach (var received in reader.Read(At(path), late.Token))
        {
            var id = _database.KeepsEpoch ? received.Id : Regex.Replace(received.Id, "^[^-]+", "epoch");
            parts.Add($"{id} {received.Type} {received.Data}");
            if (isLast(parts.Count, received))
                return (received.Id, new RecordedResponse(path, 200, [], parts.DrainToImmutable()));
        }

        throw new InvalidDataException($"{path} ended after {parts.Count} events.");
    }

    public async Task StopAsync() => (await _process.StopAsync(Deadline)).ShouldBeTrue(_process.Output.ToString());

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    private static ImmutableArray<string> Kept(HttpResponseMessage response) =>
        [
            .. HeadersKept
                .Where(response.Headers.Contains)
                .Select(name => $"{name}: {string.Join(", ", response.Headers.GetValues(name))}"),
        ];

    private static string? NextCursor(string page) =>
        JsonSerializer.Deserialize<JsonElement>(page) is { ValueKind: JsonValueKind.Object } answer
        && answer.TryGetProperty("next_cursor", out var next)
            ? next.GetString()
            : null;

    /// <summary>What a page of the console shows of what is stored, without the words and the form around it.</summary>
    private static string Shown(string page) =>
        string.Join('\n', Stored().Matches(page[page.IndexOf("<main", StringComparison.Ordinal)..]));

    [GeneratedRegex(
        """<bdi\b.*?</bdi>|<code>.*?</code>|<b>.*?</b>|<span class="code">[^<]*|class="resent[^>]*"""
            + """|datetime="[^"]*|href="/console/re(ceipts|fused)/[^"]*""",
        RegexOptions.Singleline
    )]
    private static partial Regex Stored();

    // Ids are percent-encoded already.
    private Uri At(string path) => new(_address.GetLeftPart(UriPartial.Authority) + path, AsWritten);
}
