using System.Runtime.InteropServices;

namespace Orleans.Workflow.Benchmarks.Load;

/// <summary>Waits for any of a few sockets: ppoll(2), whose time-out has nanoseconds, as an open loop needs.</summary>
internal static partial class Poll
{
    public const short Readable = 1, Writable = 4;

    /// <summary>Waits until something can be done on one of the sockets, or the time is over.</summary>
    public static unsafe void Wait(Span<Entry> entries, TimeSpan atMost)
    {
        var limit = new TimeSpec { Seconds = (nint)(atMost.Ticks / TimeSpan.TicksPerSecond), Nanoseconds = (nint)(atMost.Ticks % TimeSpan.TicksPerSecond * 100) };
        fixed (Entry* first = entries)
        {
            if (Ppoll(first, (nuint)entries.Length, &limit, null) >= 0)
                return;
        }

        // Interrupted by a signal: as if the time were over.
        foreach (ref var entry in entries)
            entry.Returned = 0;
    }

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Ppoll(Entry* entries, nuint count, TimeSpec* timeout, void* signals);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Entry
    {
        public int Descriptor;
        public short Wanted;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
