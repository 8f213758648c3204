using System.Diagnostics;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>
/// Ends the processes in the network namespaces of a prefix, and removes the namespaces, when this process has ended.
/// A shell waits for the end of its standard input, which the kernel closes even after SIGKILL.
/// </summary>
internal sealed class NetworkWatchdog : IAsyncDisposable
{
    private const string Script = """
        trap '' INT TERM HUP
        read ignored
        for name in $(ip netns list | cut -d ' ' -f 1); do
          case $name in
            "$1"*)
              for pid in $(ip netns pids "$name"); do kill -KILL "$pid" 2>/dev/null; done
              ip netns delete "$name"
              rm -rf -- "/etc/netns/$name"
              ;;
          esac
        done
        """;

    private readonly Process _shell;

    public NetworkWatchdog(string prefix)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "watchdog", prefix])
        {
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        _shell = Process.Start(start)
            ?? throw new InvalidOperationException("The watchdog of the network did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }
}
