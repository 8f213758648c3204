using System.Diagnostics;

namespace Orleans.Workflow.Testing.Postgres;

/// <summary>
/// Stops a throw-away server when this process has ended. A shell waits for the end of its standard input, which the
/// kernel closes even after SIGKILL.
/// </summary>
internal sealed class PostgresWatchdog : IDisposable
{
    private const string Script = """
        trap '' INT TERM HUP
        read ignored
        pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
        if [ -n "$pid" ]; then
          kill -QUIT "$pid" 2>/dev/null
          for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done
        fi
        rm -rf -- "$1"
        """;

    private readonly Process _shell;

    public PostgresWatchdog(string directory)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in (string[])["-c", Script, "watchdog", directory])
            start.ArgumentList.Add(argument);

        _shell = Process.Start(start)
            ?? throw new InvalidOperationException("The watchdog of the PostgreSQL server did not start.");
        AppDomain.CurrentDomain.ProcessExit += AtExit;
    }

    /// <summary>Takes the server down, if it still runs, and removes its directory.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= AtExit;
        Release();
        _shell.Dispose();
    }

    private void AtExit(object? sender, EventArgs e) => Release();

    private void Release()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit(TimeSpan.FromSeconds(10));
    }
}
