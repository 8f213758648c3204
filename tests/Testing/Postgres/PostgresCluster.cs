using System.Globalization;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Testing.Postgres;

/// <summary>A database cluster of our own in a temporary directory, and the server that runs it.</summary>
internal sealed class PostgresCluster : IDisposable
{
    /// <summary>The port on a host of its own.</summary>
    private const int HostPort = 5432;

    private readonly PostgresBinaries _binaries;
    private readonly string _directory;
    private readonly PostgresWatchdog _watchdog;
    private readonly IReadOnlyList<string> _settings;
    private readonly IReadOnlyList<string> _launcher;

    private PostgresCluster(
        PostgresBinaries binaries,
        string directory,
        int port,
        IReadOnlyList<string> settings,
        IReadOnlyList<string> launcher
    )
    {
        (_binaries, _directory, Port, _settings, _launcher) = (binaries, directory, port, settings, launcher);
        _watchdog = new PostgresWatchdog(directory);
    }

    /// <summary>The port on the loopback address.</summary>
    public int Port { get; }

    /// <summary>The process id of the running server (the postmaster), or null.</summary>
    public int? Pid { get; private set; }

    /// <summary>
    /// Where these tests reach it. A Unix socket is reached from every network namespace of the machine.
    /// </summary>
    public string Host => _launcher.Count == 0 ? "127.0.0.1" : _directory;

    private string Data => Path.Combine(_directory, "data");

    /// <param name="settings">Further settings, each <c>name=value</c> without blanks.</param>
    /// <param name="launcher">
    /// A command that starts the server on a host of its own, such as <c>ip netns exec</c>; there every client may
    /// connect to it.
    /// </param>
    public static async Task<PostgresCluster> CreateAsync(
        IReadOnlyList<string> settings,
        params IReadOnlyList<string> launcher
    )
    {
        var binaries = PostgresBinaries.Find();
        var directory = DatabaseFolder.Create("owf-pg-");
        if (Environment.IsPrivilegedProcess)
            await Command.RunAsync("chown", "postgres:", directory);

        var cluster = new PostgresCluster(
            binaries,
            directory,
            launcher.Count == 0 ? FreePort.Next() : HostPort,
            settings,
            launcher
        );
        try
        {
            await cluster.RunAsync(
                "initdb",
                "--pgdata",
                cluster.Data,
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync"
            );
            if (launcher.Count > 0)
                await File.AppendAllTextAsync(Path.Combine(cluster.Data, "pg_hba.conf"), "host all all all trust\n");

            await cluster.StartAsync();
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    public async Task StartAsync()
    {
        var log = Path.Combine(_directory, "server.log");
        IEnumerable<string> settings =
        [
            _launcher.Count == 0 ? "listen_addresses=127.0.0.1" : "listen_addresses=*",
            $"port={Port}",
            $"unix_socket_directories={_directory}",
            "fsync=on",
            "synchronous_commit=on",
            "max_connections=200",
            .. _settings,
        ];
        var options = string.Join(' ', settings.Select(setting => $"-c {setting}"));
        try
        {
            await RunAsync(
                "pg_ctl",
                "start",
                "--wait",
                "--silent",
                "--timeout=60",
                "--pgdata",
                Data,
                "--log",
                log,
                "--options",
                options
            );
        }
        catch (InvalidOperationException e) when (File.Exists(log))
        {
            throw new InvalidOperationException(
                $"The PostgreSQL server did not start. Its log:\n{await File.ReadAllTextAsync(log)}",
                e
            );
        }

        Pid = int.Parse(
            (await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0],
            CultureInfo.InvariantCulture
        );
    }

    /// <summary>Stops the server: sessions are closed and a checkpoint is written.</summary>
    public Task StopFastAsync() => StopAsync(UnixSignal.Interrupt);

    /// <summary>Stops the server as a crash would: the next start recovers from the log.</summary>
    public Task StopImmediateAsync() => StopAsync(UnixSignal.Quit);

    public void Dispose() => _watchdog.Dispose();

    /// <summary>Copies the files of the running server, for a server of its own that is not started yet.</summary>
    /// <param name="asStandby">Whether it follows this server until it is promoted.</param>
    public async Task<PostgresCluster> CopyAsync(bool asStandby)
    {
        var directory = DatabaseFolder.Create("owf-pg-");
        if (Environment.IsPrivilegedProcess)
            await Command.RunAsync("chown", "postgres:", directory);

        var copy = new PostgresCluster(_binaries, directory, FreePort.Next(), _settings, _launcher);
        try
        {
            string[] standby = asStandby ? ["--write-recovery-conf"] : [];
            await copy.RunAsync(
                "pg_basebackup",
                [
                    "--pgdata",
                    copy.Data,
                    "--host=127.0.0.1",
                    $"--port={Port}",
                    "--username=postgres",
                    "--checkpoint=fast",
                    "--no-sync",
                    .. standby,
                ]
            );
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Makes a standby the primary.</summary>
    public Task PromoteAsync() => RunAsync("pg_ctl", "promote", "--wait", "--silent", "--timeout=60", "--pgdata", Data);

    private async Task StopAsync(UnixSignal signal)
    {
        if (Pid is not { } pid)
            return;

        UnixSignals.Send(pid, signal);
        for (var waited = 0; UnixSignals.Exists(pid); waited++)
        {
            if (waited == 600)
                throw new TimeoutException($"The PostgreSQL server {pid} had not stopped after 60 s.");

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        Pid = null;
    }

    /// <summary>The server refuses to run as root; there it runs as the user that Debian's package makes.</summary>
    private Task<string> RunAsync(string program, params string[] arguments)
    {
        string[] user = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--"] : [];
        string[] command = [.. _launcher, .. user, _binaries[program], .. arguments];
        return Command.RunAsync(command[0], command.Skip(1));
    }
}
