using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Topologies;

/// <summary>
/// The topology of <c>deploy/local-cluster.sh</c>, started and stopped by that script, with the programs of this build.
/// </summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    /// <summary>
    /// Stops the cluster when this process has ended, even after SIGKILL: its standard input is closed then.
    /// </summary>
    private const string Watchdog = """
        trap '' INT TERM HUP
        read ignored
        bash "$1" stop --dir "$2" >/dev/null 2>&1
        rm -rf -- "$2"
        """;

    private static readonly string Script = Path.Combine(WorkingCopy.Root, "deploy", "local-cluster.sh");

    private readonly string _directory;
    private readonly Process _watchdog;

    private LocalCluster(string directory)
    {
        _directory = directory;
        var start = new ProcessStartInfo("bash", ["-c", Watchdog, "watchdog", Script, directory])
        {
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        _watchdog = Process.Start(start)!;
    }

    /// <summary>The Apis.</summary>
    public ImmutableArray<Uri> Apis { get; private set; }

    /// <summary>Starts two silos and two Apis on a PostgreSQL server of their own.</summary>
    public static async Task<LocalCluster> StartAsync()
    {
        var directory = DatabaseFolder.Create("owf-cluster-");
        // The user of the PostgreSQL server must come through.
        await Command.RunAsync("chmod", "711", directory);
        var binaries = Directory.CreateDirectory(Path.Combine(directory, "binaries")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(binaries, "silo"), Path.GetDirectoryName(WorkingCopy.Silo)!);
        Directory.CreateSymbolicLink(Path.Combine(binaries, "api"), Path.GetDirectoryName(WorkingCopy.Api)!);
        var cluster = new LocalCluster(directory);
        try
        {
            await cluster.RunAsync("start", "--binaries", binaries);
            cluster.Apis = [.. cluster.Setting("API_URLS").Split(' ').Select(static url => new Uri(url))];
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more silo; returns when it is ready.</summary>
    public Task AddSiloAsync() => RunAsync("add-silo");

    /// <summary>What <c>status</c> says.</summary>
    public Task<string> StatusAsync() => RunAsync("status");

    /// <summary>Runs the command <c>audit</c> beside the processes.</summary>
    public Task<AuditRun> AuditAsync() =>
        AuditRun.Of(["--Storage:Provider=Postgres", $"--ConnectionStrings:Workflows={Setting("CONNECTION_STRING")}"]);

    /// <summary>Kills a process of the cluster (SIGKILL).</summary>
    /// <param name="name">Its name, such as <c>silo-1</c>.</param>
    public void Kill(string name) =>
        UnixSignals
            .Send(
                int.Parse(File.ReadAllText(Path.Combine(_directory, $"{name}.pid")), CultureInfo.InvariantCulture),
                UnixSignal.Kill
            )
            .ShouldBeTrue();

    /// <summary>Stops the cluster.</summary>
    public async Task StopAsync()
    {
        await RunAsync("stop");
        Directory.GetFiles(_directory, "*.pid").ShouldBeEmpty();
        File.Exists(Path.Combine(_directory, "cluster.env")).ShouldBeFalse();
    }

    /// <summary>The logs, for when something went wrong.</summary>
    public string Logs() =>
        string.Join(
            '\n',
            Directory
                .GetFiles(_directory, "*.log")
                .Order(StringComparer.Ordinal)
                .Select(static log =>
                    $"---- {Path.GetFileName(log)}\n{string.Join('\n', File.ReadLines(log).TakeLast(40))}"
                )
        );

    public async ValueTask DisposeAsync()
    {
        _watchdog.StandardInput.Close();
        await _watchdog.WaitForExitAsync();
        _watchdog.Dispose();
    }

    private Task<string> RunAsync(string command, params string[] options) =>
        Command.RunAsync("bash", [Script, command, "--dir", _directory, .. options]);

    private string Setting(string name) =>
        File.ReadLines(Path.Combine(_directory, "cluster.env"))
            .Single(line => line.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..]
            .Trim('\'');
}
