using Npgsql;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Testing.Postgres;

/// <summary>
/// A PostgreSQL server for tests: the one that the environment variable TEST_POSTGRES names, else a throw-away one with
/// default durability, made from the binaries of this machine and gone with this object.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly PostgresCluster? _own;
    private readonly string _administration;
    private readonly List<string> _created = [];

    private PostgresServer(PostgresCluster? own, string administration) =>
        (_own, _administration) = (own, administration);

    /// <summary>Whether the server is ours to stop and start.</summary>
    public bool IsOwn => _own is not null;

    /// <summary>The process id of our own server (the postmaster), or null.</summary>
    public int? Pid => _own?.Pid;

    /// <summary>A connection string to the administrative database.</summary>
    public string Administration => _administration;

    /// <summary>Gives a server that is ready.</summary>
    /// <param name="settings">Further settings of a throw-away server, each <c>name=value</c> without blanks; they make
    /// it be our own.</param>
    /// <exception cref="InvalidOperationException">No server is installed; the message says how to get one.</exception>
    public static async Task<PostgresServer> StartNewAsync(params string[] settings)
    {
        var named = Environment.GetEnvironmentVariable("TEST_POSTGRES");
        if (!string.IsNullOrWhiteSpace(named) && settings.Length == 0)
            return new PostgresServer(null, named);

        return Of(await PostgresCluster.CreateAsync(settings));
    }

    /// <summary>
    /// Gives a throw-away server that runs on a host of its own. These tests administer it over its Unix socket.
    /// </summary>
    /// <param name="launcher">A command that becomes the program that follows it, such as <c>ip netns exec</c>.</param>
    /// <param name="settings">Further settings, each <c>name=value</c> without blanks.</param>
    public static async Task<PostgresServer> StartOnHostAsync(
        IReadOnlyList<string> launcher,
        params string[] settings
    ) => Of(await PostgresCluster.CreateAsync(settings, launcher));

    /// <summary>Copies the files of our own running server, for a server that is not started yet.</summary>
    /// <param name="asStandby">Whether it follows this server until it is promoted.</param>
    public async Task<PostgresServer> CopyAsync(bool asStandby) => Of(await Own.CopyAsync(asStandby));

    /// <summary>Makes a standby of our own the primary.</summary>
    public Task PromoteAsync() => Own.PromoteAsync();

    /// <summary>Starts a standby of our own server; returns when it receives what the server writes.</summary>
    /// <param name="isSynchronous">Whether commits of the server wait for it.</param>
    public async Task<PostgresServer> StartStandbyAsync(bool isSynchronous)
    {
        var standby = await CopyAsync(asStandby: true);
        try
        {
            await standby.StartAsync();
            if (isSynchronous)
            {
                await ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = '*'");
                await ExecuteAsync("SELECT pg_reload_conf()");
            }

            var state = isSynchronous ? "sync" : "async";
            await Until(async () =>
                await ReadAsync<long>(
                    $"SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = '{state}'"
                ) == 1
            );
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>Freezes the receiver of a standby: its primary gets no answer, but keeps the connection.</summary>
    /// <returns>Continues the process when it is disposed of.</returns>
    public async Task<IDisposable> FreezeReceiverAsync() =>
        new FrozenProcess(await ReadAsync<int>("SELECT pid FROM pg_stat_wal_receiver"));

    /// <summary>Lets a standby receive nothing any more.</summary>
    public async Task StopReceivingAsync()
    {
        await ExecuteAsync("ALTER SYSTEM SET primary_conninfo = ''");
        await ExecuteAsync("SELECT pg_reload_conf()");
        await Until(async () => await ReadAsync<long>("SELECT count(*) FROM pg_stat_wal_receiver") == 0);
    }

    /// <summary>Waits until a standby has received all that its primary has written.</summary>
    public async Task CatchUpWithAsync(PostgresServer primary)
    {
        ArgumentNullException.ThrowIfNull(primary);
        var written = await primary.ReadAsync<string>("SELECT pg_current_wal_lsn()::text");
        await Until(async () => await ReadAsync<bool>($"SELECT pg_last_wal_receive_lsn() >= '{written}'::pg_lsn"));
    }

    /// <summary>Crashes our own server.</summary>
    public Task CrashAsync() => Own.StopImmediateAsync();

    /// <summary>Dumps a database of this server and restores it into an empty one, of this server or another.</summary>
    public async Task DumpAsync(string database, PostgresServer into, string restored)
    {
        ArgumentNullException.ThrowIfNull(into);
        var (binaries, file) = (PostgresBinaries.Find(), Path.GetTempFileName());
        try
        {
            await Command.RunAsync(binaries["pg_dump"], ["--format=custom", $"--file={file}", .. Where(database)]);
            await Command.RunAsync(binaries["pg_restore"], ["--exit-on-error", .. into.Where(restored), file]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A database as SQL: schema and data, without owners and privileges.</summary>
    /// <param name="database">The database.</param>
    /// <param name="options">Further options of pg_dump.</param>
    public Task<string> DumpSqlAsync(string database, params IEnumerable<string> options) =>
        Command.RunAsync(
            PostgresBinaries.Find()["pg_dump"],
            ["--no-owner", "--no-privileges", .. options, .. Where(database)]
        );

    /// <summary>Runs SQL that <see cref="DumpSqlAsync"/> gave in an empty database.</summary>
    public async Task RestoreSqlAsync(string database, string sql)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, sql);
            await Command.RunAsync(
                PostgresBinaries.Find()["psql"],
                ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", $"--file={file}", .. Where(database)]
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static PostgresServer Of(PostgresCluster cluster)
    {
        var administration = new NpgsqlConnectionStringBuilder
        {
            Host = cluster.Host,
            Port = cluster.Port,
            Username = "postgres",
            Database = "postgres",
        };
        return new PostgresServer(cluster, administration.ConnectionString);
    }

    private string[] Where(string database)
    {
        var target = new NpgsqlConnectionStringBuilder(_administration);
        return
        [
            $"--host={target.Host}",
            $"--port={target.Port}",
            $"--username={target.Username}",
            $"--dbname={database}",
        ];
    }

    /// <summary>
    /// Makes an empty database, in the place of one that has the name, and gives its connection string.
    /// </summary>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        var quoted = "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        await ExecuteAsync($"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)");
        await ExecuteAsync($"CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8'");
        _created.Add(quoted);
        return new NpgsqlConnectionStringBuilder(_administration) { Database = name }.ConnectionString;
    }

    /// <summary>Runs a statement.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="database">Where; by default in the administrative database.</param>
    public async Task ExecuteAsync(string sql, string? database = null) => await ReadAsync<object?>(sql, database);

    /// <summary>Runs a query.</summary>
    /// <returns>The first column of its first row; the default if there is none.</returns>
    public async Task<T?> ReadAsync<T>(string sql, string? database = null)
    {
        // Without a pool: a connection that outlives a restart of the server would fail the next test.
        var target = new NpgsqlConnectionStringBuilder(_administration) { Pooling = false };
        if (database is not null)
            target.Database = database;

        await using var connection = new NpgsqlConnection(target.ConnectionString);
        await connection.OpenAsync();
#pragma warning disable CA2100 // Statements come from tests, never from a user.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    /// <summary>Stops our own server; sessions are closed.</summary>
    public Task StopAsync() => Own.StopFastAsync();

    /// <summary>Starts our own server again, on the same port.</summary>
    public Task StartAsync() => Own.StartAsync();

    /// <summary>Crashes our own server and starts it again, on the same port.</summary>
    public async Task RestartImmediateAsync()
    {
        await Own.StopImmediateAsync();
        await Own.StartAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_own is null)
        {
            foreach (var database in _created.Distinct())
                await ExecuteAsync($"DROP DATABASE IF EXISTS {database} WITH (FORCE)");

            return;
        }

        await _own.StopImmediateAsync();
        _own.Dispose();
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        for (var waited = 0; !await holds(); waited++)
        {
            if (waited == 600)
                throw new TimeoutException("The servers had not come to that after 60 s.");

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    private PostgresCluster Own =>
        _own
        ?? throw new NotSupportedException(
            "The server that TEST_POSTGRES names is not ours to stop. Unset the variable for tests that stop the "
                + "server."
        );

    private sealed class FrozenProcess : IDisposable
    {
        private readonly int _pid;

        public FrozenProcess(int pid)
        {
            _pid = pid;
            UnixSignals.Send(pid, UnixSignal.Stop);
        }

        public void Dispose() => UnixSignals.Send(_pid, UnixSignal.Continue);
    }
}
