using System.Text.RegularExpressions;
using Npgsql;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Api.Tests.Outages;

/// <summary>No connection to the database can be opened.</summary>
public sealed partial class ConnectionOutages(ITestOutputHelper output)
{
    private static readonly TimeSpan Refused = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_changed_password_is_tried_once_a_second_logged_once_and_read_again_from_its_file(
        bool isPassfile
    )
    {
        await using var server = await PostgresServer.StartNewAsync("log_checkpoints=off");
        var connection = await CreateDatabase(server);
        await AskForPassword(server);
        var file = Path.GetTempFileName();
        await WritePassword(file, isPassfile, "first");
        if (isPassfile)
            connection.Passfile = file;

        await using var api = await Start(connection, isPassfile ? [] : [$"--Storage:PasswordFile={file}"]);
        await api.Client.ReportAsync(Running("w"));
        var refusedBefore = await CountRefused(server);

        await server.ExecuteAsync("ALTER ROLE app PASSWORD 'second'");
        await server.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'");
        var statuses = await Load(api);

        // What was on its way when the connections were cut is logged, each for itself; afterwards nothing is.
        var linesBefore = api.Output.Lines.Count;
        statuses.AddRange(await Load(api));

        var refused = await CountRefused(server) - refusedBefore;
        output.WriteLine($"{refused} log-ins refused");
        refused.ShouldBeLessThan(100, "about one a second, and those that began at once");
        ShouldBeQuiet(api, linesBefore, statuses).Count.ShouldBeLessThan(10);

        await WritePassword(file, isPassfile, "second");
        await Until.Async(
            "a notification is taken again",
            () => api.Client.NotifyAsync(Running("w")),
            static reply => reply.Status == 200
        );
        File.Delete(file);
    }

    [Fact]
    public async Task A_server_that_takes_no_further_connection_is_logged_once_and_those_that_are_open_are_used()
    {
        await using var server = await PostgresServer.StartNewAsync("log_checkpoints=off");
        await using var api = await Start(await CreateDatabase(server));
        await api.Client.ReportAsync(Running("w"));
        var linesBefore = api.Output.Lines.Count;

        // Fewer than are open: none can be opened in the place of one that ends.
        await server.ExecuteAsync("ALTER ROLE app CONNECTION LIMIT 1");
        var statuses = await Load(api);

        statuses.ShouldContain(200);
        ShouldBeQuiet(api, linesBefore, statuses)
            .Count(static entry => entry.Contains("PostgresConnections[1110]", StringComparison.Ordinal))
            .ShouldBe(1, "a connection that was open already does not end the outage");
        await server.ExecuteAsync("ALTER ROLE app CONNECTION LIMIT -1");
        await Until.Async(
            "a notification is taken again",
            () => api.Client.NotifyAsync(Running("w")),
            static reply => reply.Status == 200
        );
    }

    [Fact]
    public async Task A_process_that_is_asked_to_stop_while_the_database_is_away_ends()
    {
        await using var server = await PostgresServer.StartNewAsync("log_checkpoints=off");
        var database = await PostgresDatabase.CreateAsync(server, "away");
        await using var api = await ApiProcess.StartAsync(database);
        await api.Client.ReportAsync(Running("w"));

        await server.StopAsync();
        (await api.Client.NotifyAsync(Running("w"))).Expect(503);
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        await api.StopAsync();
        var took = System.Diagnostics.Stopwatch.GetElapsedTime(start);
        output.WriteLine($"ended after {took.TotalSeconds:0.0} s");
        took.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        await server.StartAsync();
    }

    private static async Task<NpgsqlConnectionStringBuilder> CreateDatabase(PostgresServer server)
    {
        var connection = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync("log_in"))
        {
            Username = "app",
        };
        await server.ExecuteAsync("CREATE ROLE app LOGIN PASSWORD 'first'");
        await server.ExecuteAsync("ALTER DATABASE log_in OWNER TO app");
        await server.ExecuteAsync("GRANT ALL ON SCHEMA public TO app", "log_in");
        return connection;
    }

    private static Task<ApiProcess> Start(NpgsqlConnectionStringBuilder connection, params string[] settings)
    {
        var ports = FreePort.Next(2);
        return ApiProcess.StartAsync(
            workingDirectory: null,
            [
                "--Storage:Provider=Postgres",
                $"--ConnectionStrings:Workflows={connection}",
                $"--Cluster:SiloPort={ports[0]}",
                $"--Cluster:GatewayPort={ports[1]}",
                .. settings,
            ]
        );
    }

    /// <summary>Thousands of requests met the outage. Orleans logs each of its own attempts.</summary>
    /// <returns>The product's own entries.</returns>
    private List<string> ShouldBeQuiet(ApiProcess api, int linesBefore, List<int> statuses)
    {
        var entries = api.Output.Lines.Skip(linesBefore).Where(static line => FirstLine().IsMatch(line)).ToList();
        var ours = entries
            .Where(static entry => entry.Contains(" Orleans.Workflow.", StringComparison.Ordinal))
            .ToList();
        output.WriteLine($"{statuses.Count} requests, {entries.Count} log entries, {ours.Count} of them ours");
        statuses.ShouldAllBe(static status => status == 200 || status == 503);
        entries.Count.ShouldBeLessThan(60, string.Join('\n', entries));
        return ours;
    }

    /// <summary>Sends notifications and reads for a while.</summary>
    private static async Task<List<int>> Load(ApiProcess api)
    {
        var end = TimeProvider.System.GetUtcNow() + Refused;
        var senders = Enumerable
            .Range(0, 16)
            .Select(async sender =>
            {
                var statuses = new List<int>();
                for (var i = 0; TimeProvider.System.GetUtcNow() < end; i++)
                {
                    statuses.Add((await api.Client.NotifyAsync(Running($"w{sender}-{i}"))).Status);
                    var unknown = (await api.Client.GetAsync(ApiClient.Of($"v{sender}-{i}"))).Status;
                    statuses.Add(unknown == 404 ? 200 : unknown);
                    statuses.Add((await api.Client.GetAsync("/workflows")).Status);
                }

                return statuses;
            });
        return [.. (await Task.WhenAll(senders)).SelectMany(static statuses => statuses)];
    }

    /// <summary>
    /// Lets the server ask the role for its password. Its own superuser may rewrite the file that says so.
    /// </summary>
    private static async Task AskForPassword(PostgresServer server)
    {
        await server.ExecuteAsync(
            """
            DO $$
            BEGIN
              EXECUTE format(
                'COPY (VALUES (''host all app 127.0.0.1/32 scram-sha-256''), (''host all all 127.0.0.1/32 trust''), '
                '(''local all all trust'')) TO %L',
                current_setting('hba_file'));
            END
            $$
            """
        );
        await server.ExecuteAsync("SELECT pg_reload_conf()");
    }

    private static async Task<int> CountRefused(PostgresServer server)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(server.Administration) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(
            "SELECT count(*)::int FROM regexp_matches(pg_read_file(current_setting('data_directory') || "
                + "'/../server.log'), 'FATAL:  password authentication failed', 'g')",
            connection
        );
        return (int)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static Task WritePassword(string file, bool isPassfile, string password) =>
        File.WriteAllTextAsync(
            file,
            isPassfile ? $"*:*:*:*:{password}\n" : password + "\n",
            TestContext.Current.CancellationToken
        );

    private static StatusChange Running(string workflowId) => new(workflowId, "A name", "running", []);

    /// <summary>The first line of a log entry; the others are indented.</summary>
    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT")]
    private static partial Regex FirstLine();
}
