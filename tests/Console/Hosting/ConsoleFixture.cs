using System.Text;
using Npgsql;
using Orleans.Workflow.Console.Tests.Traffic;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

[assembly: AssemblyFixture(typeof(Orleans.Workflow.Console.Tests.Hosting.ConsoleFixture))]

namespace Orleans.Workflow.Console.Tests.Hosting;

/// <summary>The product on PostgreSQL with some thousand workflows, and a browser.</summary>
public sealed class ConsoleFixture : IAsyncLifetime
{
    public const int Workflows = 5_000;
    private const int Seed = 1400;

    /// <summary>Lets time pass for some workflows that have not ended: nothing was received for hours.</summary>
    private const string Silence = """
        UPDATE orleansstorage SET last_received_at = last_received_at - 14400000, changed_at = changed_at - 14400000
        WHERE grainidextensionstring IN (SELECT key FROM workflow WHERE phase < 2 ORDER BY key LIMIT 34)
        """;

    private static readonly string[] RefusedBodies =
    [
        """{"workflow_id":"ad7f","workflow_name":"Renewal offer","actions":[]}""",
        """{"workflow_id":"","workflow_name":"Loan follow-up","status":"finished","actions":[]}""",
        """{"workflow_id":"9c01","workflow_name":"Welcome","status":"running","actions":[{"nodetask_id":true}]}""",
        "{\"workflow_id\":\"9c02\",",
    ];

    private readonly IReadOnlyList<int> _ports = FreePort.Next(3);
    private PostgresServer? _server;
    private string? _database;
    private ServiceProcess? _api;
    private Chromium? _chromium;
    private Sender? _sender;

    public Uri Address => new($"http://127.0.0.1:{_ports[0]}");

    internal Chromium Chromium => _chromium.ShouldNotBeNull();

    internal Sender Sender => _sender.ShouldNotBeNull();

    internal CampaignTraffic Traffic { get; } = new(Seed);

    /// <summary>A workflow with facts.</summary>
    internal FactTraffic Campaign { get; } = new("Winter campaign MX 12");

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartNewAsync();
        _database = await _server.CreateDatabaseAsync($"console_{Environment.ProcessId}");
        _api = ServiceProcess.Start(
            WorkingCopy.Api,
            [
                $"--urls={Address}",
                "--Storage:Provider=Postgres",
                $"--ConnectionStrings:Workflows={_database}",
                $"--Cluster:SiloPort={_ports[1]}",
                $"--Cluster:GatewayPort={_ports[2]}",
                .. ((string[])["airudder", "airudder-latam", "airudder-backup"]).Select(static source =>
                    $"--Sources:{source}:AllowAnonymous=true"
                ),
            ],
            [new("ASPNETCORE_ENVIRONMENT", "Development")]
        );
        await _api.WaitUntilReadyAsync(new Uri(Address, "/health/ready"), TimeSpan.FromSeconds(120));
        _sender = new Sender(Address);
        await _sender.SendAllAsync(Enumerable.Range(0, Workflows).Select(Traffic.Of), CancellationToken.None);
        await _sender.SendAllAsync(Campaign, CancellationToken.None);
        foreach (var step in (int[])[0, 1, 2])
            (await _sender.SendAsync("airudder", WideTraffic.Of(step), CancellationToken.None)).ShouldBe(200);

        foreach (var body in RefusedBodies)
            (await _sender.SendAsync("airudder", Encoding.UTF8.GetBytes(body), CancellationToken.None)).ShouldBe(400);

        (await ExecuteAsync(Silence)).ShouldBe(34);
        await NoteAsync(await this.ConflictAsync(), "The vendor was asked which of the two it is.");
        _chromium = await Chromium.StartAsync(Address);
    }

    /// <summary>Puts another body in the place of the one that was refused last.</summary>
    public async Task RepairLatestRefusedAsync(byte[] body) =>
        (
            await ExecuteAsync(
                "UPDATE rejected SET body = $1 WHERE position = (SELECT max(position) FROM rejected)",
                body
            )
        ).ShouldBe(1);

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
            await _chromium.DisposeAsync();

        _sender?.Dispose();
        if (_api is not null)
            await _api.DisposeAsync();

        if (_server is not null)
            await _server.DisposeAsync();
    }

    private async Task NoteAsync(string workflowId, string note)
    {
        using var http = new HttpClient { BaseAddress = Address };
        using var form = new FormUrlEncodedContent([new("action", "note"), new("note", note)]);
        var path = new Uri($"/console/workflows/{workflowId}/review", UriKind.Relative);
        using var reply = await http.PostAsync(path, form);
        reply.IsSuccessStatusCode.ShouldBeTrue(await reply.Content.ReadAsStringAsync());
    }

    private async Task<int> ExecuteAsync(string sql, params object[] values)
    {
        var settings = new NpgsqlConnectionStringBuilder(_database) { Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
#pragma warning disable CA2100 // The statements are constants of this class.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });

        return await command.ExecuteNonQueryAsync();
    }
}
