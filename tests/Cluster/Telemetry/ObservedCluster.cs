using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Json;
using Npgsql;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Telemetry;

namespace Orleans.Workflow.Cluster.Tests.Telemetry;

/// <summary>
/// Two silos and an Api that a Prometheus reads, and all that can happen to them in a minute: an outage of the
/// database, a full disk, a silo that is killed. Tests look at what was seen.
/// </summary>
public sealed class ObservedCluster : IAsyncLifetime
{
    /// <summary>How long the database is away.</summary>
    public static readonly TimeSpan Away = TimeSpan.FromSeconds(13);

    private const int PerSecond = 10;

    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(40);

    private static readonly string[] Settings =
    [
        "--Sources:airudder:AllowAnonymous=true",
        "--Telemetry:TotalsSeconds=1",
        "--Audit:WorkflowsPerSecond=100",
        "--Retention:Rejected:Days=0",
        "--Retention:EverySeconds=1",
        "--Cluster:ExpectedSilos=2",
        "--Storage:MaxWaiting=20",
    ];

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly HashSet<string> _fired = [];
    private ProcessCluster? _cluster;
    private PrometheusServer? _prometheus;
    private int _number;

    /// <summary>The alerts that fired.</summary>
    public IReadOnlyCollection<string> Fired => _fired;

    /// <summary>What <c>/metrics</c> of the Api and of a silo showed at first.</summary>
    public ImmutableArray<PrometheusText> Metrics { get; private set; }

    /// <summary>How many notifications were answered 503 while the database was away.</summary>
    public int Refused { get; private set; }

    /// <summary>What the Api logged from the moment the database was stopped until it was there again.</summary>
    public ImmutableArray<LogLine> LogOfApi { get; private set; }

    /// <summary>What a silo logged meanwhile.</summary>
    public ImmutableArray<LogLine> LogOfSilo { get; private set; }

    private ProcessCluster Cluster => _cluster!;

    private Uri Api => Cluster.Apis.Single().Address;

    public async ValueTask InitializeAsync()
    {
        try
        {
            _cluster = await ProcessCluster.StartAsync(silos: 2, apis: 1, Settings);
            Metrics = [await Read(Api), await Read(Cluster.Silos.First().Address)];
            _prometheus = await PrometheusServer.StartAsync(
                AlertRules.ForTest(
                    Cluster.Apis.Select(static api => api.Address),
                    Cluster.Silos.Select(static silo => silo.Address),
                    ProcessCluster.AdminKey
                )
            );
            await Until(async () => await _prometheus.CountUpAsync(CancellationToken.None) == 3);
            await SendWhatIsWrong();
            await BreakWhatIsStored();
            await HoldTheTable();
            await StopTheDatabase();
            await FillTheDisk();
            await KillASilo();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_prometheus is not null)
            await _prometheus.DisposeAsync();

        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    /// <summary>
    /// Wrong credentials, unknown words, contradictions; and a workflow that nothing more is said about.
    /// </summary>
    private async Task SendWhatIsWrong()
    {
        for (var i = 0; i < 12; i++)
            (await Post("nobody", "w", "running")).ShouldBe(401);

        (await Notify("odd", "hibernating")).ShouldBe(200);
        (await Notify("contradictory", "finished")).ShouldBe(200);
        (await Notify("contradictory", "failed")).ShouldBe(200);
        await Cluster.Server.ExecuteAsync(
            """
            INSERT INTO refold_job (id, vocabulary, started_at, finished_at, position, total, done, failed, lease_until)
            VALUES (gen_random_uuid(), 'gone', 1, 2, 'w', 3, 3, 1, 0)
            """,
            ProcessCluster.Database
        );
        await WhenFired("CredentialsRefused", "NewWords", "ConflictingOutcomes", "WorkflowSilent", "RefoldFailed");
    }

    /// <summary>Rows change behind the product, and a row is refused.</summary>
    private async Task BreakWhatIsStored()
    {
        var ids = Enumerable.Range(0, 40).Select(static i => $"moved-{i}").ToList();
        await NotifyInTurns(ids, "running");
        await Cluster.Server.ExecuteAsync(
            """
            UPDATE orleansstorage SET version = version + 1 WHERE state_code IS NOT NULL;
            UPDATE receipt SET effect = 1 WHERE workflow_id = 'odd';
            ALTER TABLE receipt ADD CONSTRAINT no_bad CHECK (workflow_id NOT LIKE 'bad%') NOT VALID;
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
            CREATE TRIGGER refuse BEFORE DELETE ON rejected EXECUTE FUNCTION refuse();
            """,
            ProcessCluster.Database
        );
        await NotifyInTurns(ids, "paused");
        await WhenFired(
            () => NotifyInTurns(["bad-1", "bad-2", .. ids], "running"),
            "VersionConflicts",
            "AuditFinding",
            "BadRow",
            "WritesFail",
            "RetentionFailed"
        );
        await Cluster.Server.ExecuteAsync(
            "DROP TRIGGER refuse ON rejected; ALTER TABLE receipt DROP CONSTRAINT no_bad",
            ProcessCluster.Database
        );
    }

    /// <summary>A lock on the table of states: writes and lists wait, and connections with them.</summary>
    private async Task HoldTheTable()
    {
        await using (var connection = new NpgsqlConnection(Cluster.Connection))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var command = new NpgsqlCommand("LOCK TABLE orleansstorage", connection, transaction);
            await command.ExecuteNonQueryAsync();
            var lists = Enumerable.Range(0, 98).Select(_ => _client.GetAsync(new Uri(Api, "/workflows"))).ToList();
            var writes = Enumerable.Range(0, 36).Select(i => Notify($"held-{i}", "running")).ToList();
            await WhenFired("QueueFills", "ConnectionsRunOut");
            await transaction.RollbackAsync();
            await Task.WhenAll(lists);
            await Task.WhenAll(writes);
        }

        await WhenFired("NotificationsSlow");
    }

    private async Task StopTheDatabase()
    {
        var (api, silo) = (Cluster.Apis.Single(), Cluster.Silos.First());
        (await Notify("before", "running")).ShouldBe(200);
        var (before, beforeOfSilo) = (api.Process.Output.Lines.Count, silo.Process.Output.Lines.Count);
        await Cluster.Server.StopAsync();
        var sending = new List<Task<int>>();
        var start = Time.GetTimestamp();
        while (Time.GetElapsedTime(start) < Away)
        {
            sending.Add(Notify($"away-{_number++ % 50}", "running"));
            await Note();
            await Task.Delay(TimeSpan.FromSeconds(1.0 / PerSecond), Time);
        }

        Refused = (await Task.WhenAll(sending)).Count(static status => status == 503);
        await Cluster.Server.StartAsync();
        await Until(async () => await Notify("after", "running") == 200);
        await Until(async () => (await Read(silo.Address)).Sum("workflow_ready") == 1);
        await Until(async () => (await Read(Api)).Sum("workflow_ready") == 1);
        LogOfApi = LogLine.Of(api.Process.Output.Lines.Skip(before));
        LogOfSilo = LogLine.Of(silo.Process.Output.Lines.Skip(beforeOfSilo));
    }

    /// <summary>The server says what it says when its disk is full.</summary>
    private async Task FillTheDisk()
    {
        await Cluster.Server.ExecuteAsync(
            """
            CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$;
            CREATE TRIGGER full_disk BEFORE INSERT ON receipt EXECUTE FUNCTION full_disk();
            """,
            ProcessCluster.Database
        );
        await WhenFired(async () => await Notify("full", "paused"), "DatabaseDiskFull");
        await Cluster.Server.ExecuteAsync("DROP TRIGGER full_disk ON receipt", ProcessCluster.Database);
    }

    private async Task KillASilo()
    {
        Cluster.Silos.Last().Process.Kill();
        await WhenFired("ProcessAbsent", "SilosMissing");
    }

    /// <summary>
    /// Does something again and again until alerts have fired, or for a while: a test says which have not.
    /// </summary>
    private async Task WhenFired(Func<Task> act, params string[] alerts)
    {
        var start = Time.GetTimestamp();
        while (!alerts.All(_fired.Contains) && Time.GetElapsedTime(start) < Timeout)
        {
            await act();
            await Note();
            await Task.Delay(TimeSpan.FromMilliseconds(300), Time);
        }
    }

    private Task WhenFired(params string[] alerts) => WhenFired(static () => Task.CompletedTask, alerts);

    private async Task Note() => _fired.UnionWith(await _prometheus!.FiringAsync(CancellationToken.None));

    private static async Task Until(Func<Task<bool>> isSo)
    {
        var start = Time.GetTimestamp();
        while (!await isSo() && Time.GetElapsedTime(start) < Timeout)
            await Task.Delay(TimeSpan.FromMilliseconds(200), Time);
    }

    /// <summary>Fewer at a time than may wait to be written.</summary>
    private async Task NotifyInTurns(IEnumerable<string> ids, string status)
    {
        foreach (var some in ids.Chunk(15))
            await Task.WhenAll(some.Select(id => Notify(id, status)));
    }

    private Task<int> Notify(string workflowId, string status) => Post("airudder", workflowId, status);

    private async Task<int> Post(string source, string workflowId, string status)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                workflow_id = workflowId,
                workflow_name = "observed",
                status,
                actions = Array.Empty<string>(),
            }
        );
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await _client.PostAsync(new Uri(Api, $"/webhooks/{source}/workflow-status"), content);
        return (int)answer.StatusCode;
    }

    private async Task<PrometheusText> Read(Uri process) =>
        PrometheusText.Parse(await _client.GetStringAsync(new Uri(process, "/metrics")));

    /// <summary>A line of a log in JSON.</summary>
    public sealed record LogLine(
        int EventId,
        string Category,
        string Message,
        string Instance,
        string Version,
        string? Stack
    )
    {
        internal static ImmutableArray<LogLine> Of(IEnumerable<string> lines) =>
            [
                .. lines.Select(static line =>
                {
                    using var json = JsonDocument.Parse(line);
                    var entry = json.RootElement;
                    return new LogLine(
                        entry.GetProperty(nameof(EventId)).GetInt32(),
                        entry.GetProperty(nameof(Category)).GetString()!,
                        entry.GetProperty(nameof(Message)).GetString()!,
                        entry.GetProperty(nameof(Instance)).GetString()!,
                        entry.GetProperty(nameof(Version)).GetString()!,
                        entry.TryGetProperty("Exception", out var stack) ? stack.GetString() : null
                    );
                }),
            ];
    }
}
