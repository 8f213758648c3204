using System.Runtime.InteropServices;

namespace Orleans.Workflow.Testing.Processes;

/// <summary>The signals that tests send.</summary>
public enum UnixSignal
{
    /// <summary>SIGINT.</summary>
    Interrupt,

    /// <summary>SIGQUIT; an immediate shutdown to PostgreSQL.</summary>
    Quit,

    /// <summary>SIGKILL.</summary>
    Kill,

    /// <summary>SIGTERM.</summary>
    Terminate,

    /// <summary>SIGSTOP: freezes the process.</summary>
    Stop,

    /// <summary>SIGCONT: continues a frozen process.</summary>
    Continue,
}

/// <summary>Sends signals by process id.</summary>
public static partial class UnixSignals
{
    /// <summary>Sends a signal.</summary>
    /// <returns>False if there is no such process.</returns>
    public static bool Send(int pid, UnixSignal signal)
    {
        // 0 and negative numbers address groups of processes: never meant here.
        ArgumentOutOfRangeException.ThrowIfLessThan(pid, 2);
        return SendRaw(pid, NumberOf(signal)) == 0;
    }

    /// <summary>Whether a process exists.</summary>
    public static bool Exists(int pid) => pid > 1 && SendRaw(pid, 0) == 0;

    private static int NumberOf(UnixSignal signal) =>
        signal switch
        {
            UnixSignal.Interrupt => 2,
            UnixSignal.Quit => 3,
            UnixSignal.Kill => 9,
            UnixSignal.Terminate => 15,
            UnixSignal.Stop => OperatingSystem.IsMacOS() ? 17 : 19,
            UnixSignal.Continue => OperatingSystem.IsMacOS() ? 19 : 18,
            _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "Not a signal that tests send."),
        };

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendRaw(int pid, int signal);
}
