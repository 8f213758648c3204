using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>
/// Everything is logged that can be logged; credentials, bodies and phone numbers are not among it, and no id forges a
/// line.
/// </summary>
public abstract partial class SilentLogSuite
{
    private const string Webhook = "/webhooks/guarded/workflow-status";
    private const string Body = "mark-name +6591234567";

    private const string Call = """
        {"workflow_id":"reported", "workflow_name":"mark-name", "nodetask_id":"n3", "nodetask_name":"mark-node",
         "case_id":"mark-case", "callee":"6591234567", "callid":"mark-call", "hangup_reason":"mark-reason"}
        """;

    private static readonly string[] Everything =
    [
        .. (
            (string[])
                [
                    "Default",
                    "Orleans",
                    "Orleans.Workflow",
                    "Orleans.Runtime.Watchdog",
                    "Polly",
                    "Microsoft.AspNetCore",
                    "Microsoft.AspNetCore.Server.Kestrel",
                ]
        ).Select(static category => $"--Logging:LogLevel:{category}=Trace"),
        $"--Sources:guarded:Secrets:0={GuardedApi.OldSecret}",
        $"--Sources:guarded:Secrets:1={GuardedApi.NewSecret}",
        $"--Sources:far:Secrets:0={GuardedApi.FarSecret}",
        "--Sources:far:AllowedAddresses=192.0.2.0/24",
        $"--Access:Keys:reader:Secrets:0={GuardedApi.OldReadKey}",
        $"--Access:Keys:operator:Secrets:0={GuardedApi.AdminKey}",
        "--Access:Keys:operator:Role=admin",
    ];

    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>What must be nowhere: credentials, right and wrong, and what bodies hold.</summary>
    private static readonly string[] Secrets =
    [
        GuardedApi.OldSecret,
        GuardedApi.NewSecret,
        GuardedApi.NewSecret.Split('/')[1],
        GuardedApi.FarSecret,
        GuardedApi.OldReadKey,
        GuardedApi.AdminKey,
        "guess-of-a-secret",
        "mark-",
        "91234567",
        .. ((string[])[GuardedApi.OldSecret, GuardedApi.AdminKey]).Select(static secret =>
            GuardedApi.Basic(secret).Item2["Basic ".Length..]
        ),
    ];

    [Theory]
    [InlineData("Text")]
    [InlineData("Json")]
    public async Task No_credential_and_no_body_is_logged_and_no_line_is_forged(string format)
    {
        await using var api = await ApiProcess.StartInProductionAsync(
            await CreateDatabaseAsync(),
            [.. Everything, $"--Telemetry:LogFormat={format}"]
        );
        await SendEveryCredential(api);
        await SendEveryBody(api);
        await SendHostileIds(api);
        await SendBrokenRequests(api);
        await WithoutDatabase(() =>
            api.Client.PostAsync(
                Notification(Report.NewId()),
                Webhook,
                headers: GuardedApi.Bearer(GuardedApi.OldSecret)
            )
        );
        await api.StopAsync();

        var isJson = format == "Json";
        IReadOnlyList<string> lines = [.. isJson ? api.Output.Lines.Select(Readable) : api.Output.Lines];
        lines
            .Count(line => line.Contains(isJson ? "\"LogLevel\":\"Trace\"" : " trce "))
            .ShouldBeGreaterThan(50, "everything is logged");
        lines.ShouldContain(
            static line => line.Contains("/webhooks/guarded/REDACTED/workflow-status"),
            "requests are logged"
        );
        foreach (var secret in Secrets)
            lines
                .Where(line => line.Contains(secret, StringComparison.OrdinalIgnoreCase))
                .ShouldBeEmpty($"what is logged of '{secret}'");

        api.Output.Lines.Where(line => !(isJson ? JsonLine() : Line()).IsMatch(line))
            .ShouldBeEmpty("lines that are no entry of the log");
    }

    /// <summary>A line of JSON without the escapes behind which a secret could hide.</summary>
    private static string Readable(string line) => JsonSerializer.Serialize(JsonElement.Parse(line), Relaxed);

    protected abstract Task<ITestDatabase> CreateDatabaseAsync();

    /// <summary>Does something while writes fail, where the database is a server.</summary>
    protected virtual Task WithoutDatabase(Func<Task> act) => Task.CompletedTask;

    private static byte[] Notification(string id) =>
        RawBody.Bytes(
            RawBody
                .Of(id)
                .Replace("\"n\"", $"\"{Body}\"", StringComparison.Ordinal)
                .Replace("\"running\"", "\"mark-status 91234567\"", StringComparison.Ordinal)
        );

    private static async Task SendEveryCredential(ApiProcess api)
    {
        foreach (
            var secret in (string[])
                [GuardedApi.OldSecret, GuardedApi.NewSecret, GuardedApi.FarSecret, "guess-of-a-secret"]
        )
        {
            foreach (var source in (string[])["guarded", "far", "nobody"])
            {
                var status =
                    source == "guarded" && secret is (GuardedApi.OldSecret or GuardedApi.NewSecret) ? 200 : 401;
                var path = $"/webhooks/{source}/workflow-status";
                await Send(path, status, GuardedApi.Bearer(secret));
                await Send(path, status, GuardedApi.Basic(secret));
                await Send($"/webhooks/{source}/{Uri.EscapeDataString(secret)}/workflow-status", status);
            }

            var ofGuarded = secret is GuardedApi.OldSecret or GuardedApi.NewSecret ? 200 : 404;
            await Send($"/webhooks/guarded/{Uri.EscapeDataString(secret)}", ofGuarded);
            await Send($"/webhooks/{Uri.EscapeDataString(secret)}", 404);
            await Send($"/webhooks/guarded/{Uri.EscapeDataString(secret)}/workflow-status/more", 404);
            await Send($"/WEBHOOKS/guarded/more/{Uri.EscapeDataString(secret)}/workflow-status?x=1", 404);
        }

        await Send(Webhook, 401);
        foreach (
            var (key, status) in ((string, int)[])
                [(GuardedApi.OldReadKey, 403), (GuardedApi.AdminKey, 200), ("guess-of-a-secret", 401)]
        )
        {
            foreach (
                var header in ((string, string)[])[GuardedApi.Key(key), GuardedApi.Bearer(key), GuardedApi.Basic(key)]
            )
                (await api.Client.GetAsync("/admin/keys", header)).Expect(status);
        }

        async Task Send(string path, int status, params (string, string)[] headers) =>
            (await api.Client.PostAsync(Notification("reported"), path, headers: headers)).Expect(status);
    }

    private static async Task SendEveryBody(ApiProcess api)
    {
        foreach (
            var body in (string[])
                [
                    "mark-not-json",
                    "{\"mark-\":1,\"mark-\":2}",
                    "{\"workflow_id\":\"x\",\"status\":{\"mark-\":91234567}}",
                    "[\"mark-\"]",
                ]
        )
            (
                await api.Client.PostAsync(
                    RawBody.Bytes(body),
                    Webhook,
                    headers: GuardedApi.Bearer(GuardedApi.OldSecret)
                )
            ).Expect(400);

        (
            await api.Client.PostAsync(
                Notification("reported"),
                Webhook,
                "text/plain",
                GuardedApi.Bearer(GuardedApi.OldSecret)
            )
        ).Expect(415);
        (
            await api.Client.PostAsync(
                RawBody.Bytes(Call),
                "/webhooks/guarded/call-completion",
                headers: GuardedApi.Bearer(GuardedApi.OldSecret)
            )
        ).Expect(200);
        foreach (
            var path in (string[])
                [
                    "/facts?callee=%2B6591234567",
                    "/facts?case_id=mark-case&callee=6591234567",
                    "/workflows/reported/facts?callee=6591234567&value=mark-reason",
                    "/workflows/reported",
                    "/workflows/reported/nodes/n3",
                    "/workflows/reported/history",
                    "/workflows/reported/receipts",
                    "/workflows",
                    "/workflow-counts",
                ]
        )
            (await api.Client.GetAsync(path, GuardedApi.Key(GuardedApi.OldReadKey)))
                .Expect(200)
                .Text.Length.ShouldBeGreaterThan(2);

        (
            await api.Client.PostAsync(
                Notification("reported"),
                Webhook,
                headers: GuardedApi.Bearer(GuardedApi.OldSecret)
            )
        ).Expect(200);
    }

    private static async Task SendHostileIds(ApiProcess api)
    {
        foreach (var id in Ids.UnusualIds.All)
        {
            var escaped = JsonEncodedText.Encode(id).ToString();
            (
                await api.Client.PostAsync(
                    Notification(escaped),
                    Webhook,
                    headers: GuardedApi.Bearer(GuardedApi.OldSecret)
                )
            ).Expect(200);
            (
                await api.Client.GetAsync(
                    $"{ApiClient.Of(id)}/nodes/{Uri.EscapeDataString(id)}",
                    GuardedApi.Key(GuardedApi.OldReadKey)
                )
            ).Expect(404);
        }
    }

    private static async Task SendBrokenRequests(ApiProcess api)
    {
        foreach (
            var request in (string[])
                [
                    $"POST /webhooks/guarded/{GuardedApi.OldSecret}/workflow-status HTTP/9.9\r\nHost: x\r\n\r\n",
                    $"POST /webhooks /guarded/{GuardedApi.OldSecret} x HTTP/1.1\r\nHost: x\r\n\r\n",
                    $"POST {Webhook} HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer {GuardedApi.OldSecret}\r\n\r\n",
                    $"POST {Webhook} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                        + $"{GuardedApi.OldSecret}\r\nContent-Type: application/json\r\nTransfer-Encoding: "
                        + "chunked\r\n\r\nmark-\r\n\r\n",
                    $"GET /x/../webhooks/guarded/{GuardedApi.OldSecret}/workflow-status HTTP/1.1\r\nHost: "
                        + "x\r\nConnection: close\r\n\r\n",
                    $"POST http://x/webhooks/guarded/{GuardedApi.OldSecret}/workflow-status HTTP/1.1\r\nHost: "
                        + "x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                ]
        )
        {
            using var connection = await RawConnection.OpenAsync(api.Root);
            await connection.SendAsync(request);
            (await connection.ReadToEndAsync()).ShouldMatch("^HTTP/1.1 (4|505)");
        }
    }

    [GeneratedRegex(
        @"^\{""Instance"":""[\w.-]+/\d+"",""Version"":""[\w.-]+"",""Timestamp"":""[\d:.TZ-]+"","
            + @"""EventId"":-?\d+,""LogLevel"":""\w+"",[ -~]*\}$"
    )]
    private static partial Regex JsonLine();

    [GeneratedRegex(
        @"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (trce|dbug|info|warn|fail|crit) [\w.-]+/\d+ [\w.-]+ "
            + @"[\w.`+\[\],<> ]+\[-?\d+\] [^\p{Cc}\p{Cf}\u2028\u2029]*|      [^\p{Cc}\p{Cf}\u2028\u2029]*)$"
    )]
    private static partial Regex Line();
}

public sealed class SilentLogOnSqliteTests : SilentLogSuite, IDisposable
{
    private readonly SqliteFile _database = new();

    public void Dispose() => _database.Dispose();

    protected override Task<ITestDatabase> CreateDatabaseAsync() => Task.FromResult<ITestDatabase>(_database);
}

/// <summary>On a server of its own, which is stopped.</summary>
public sealed class SilentLogOnPostgresTests : SilentLogSuite, IAsyncDisposable
{
    private PostgresServer? _server;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override async Task<ITestDatabase> CreateDatabaseAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        var database = await PostgresDatabase.CreateAsync(_server, "silent");
        await Testing.Processes.Command.RunAsync(
            "dotnet",
            [Testing.Processes.WorkingCopy.Silo, "migrate", .. database.Settings]
        );
        return database;
    }

    protected override async Task WithoutDatabase(Func<Task> act)
    {
        await _server!.StopAsync();
        await act();
        await _server.StartAsync();
    }
}
