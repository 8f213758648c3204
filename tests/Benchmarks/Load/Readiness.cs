using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Orleans.Workflow.Benchmarks.Load;

/// <summary>
/// Waits for any of a few sockets: epoll(7), which costs the same however many are waited for, and whose time-out has nanoseconds, as an
/// open loop needs.
/// </summary>
internal sealed unsafe partial class Readiness : IDisposable
{
    public const uint Readable = 1, Writable = 4;

    private const int Add = 1, Modify = 3;
    private const int Interrupted = 4;

    // Packed on x86-64 alone, so that a 32-bit process reads the same.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - sizeof(ulong);

    private readonly int _epoll = Succeeded(EpollCreate(0));
    private readonly byte[] _events;

    /// <param name="sockets">How many sockets at most.</param>
    public Readiness(int sockets) => _events = new byte[sockets * EventSize];

    /// <summary>Watches a socket for what can be read.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="number">What it is called by <see cref="Ready"/>.</param>
    public void Watch(int descriptor, int number) => Control(Add, descriptor, number, Readable);

    /// <summary>Watches a socket also, or no longer, for room to write.</summary>
    public void WatchWriting(int descriptor, int number, bool isWanted) => Control(Modify, descriptor, number, isWanted ? Readable | Writable : Readable);

    /// <summary>Waits until something can be done on one of the sockets, or the time is over.</summary>
    /// <returns>How many are <see cref="Ready"/>.</returns>
    public int Wait(TimeSpan atMost)
    {
        var limit = new TimeSpec { Seconds = atMost.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = atMost.Ticks % TimeSpan.TicksPerSecond * 100 };
        fixed (byte* events = _events)
        {
            var ready = EpollWait(_epoll, events, _events.Length / EventSize, &limit, null);

            // Interrupted by a signal: as if the time were over.
            return ready < 0 && Marshal.GetLastPInvokeError() == Interrupted ? 0 : Succeeded(ready);
        }
    }

    /// <summary>A socket that is ready, by its place among them, and for what.</summary>
    public (int Number, uint For) Ready(int place)
    {
        var ready = _events.AsSpan(place * EventSize, EventSize);
        return ((int)MemoryMarshal.Read<ulong>(ready[DataOffset..]), MemoryMarshal.Read<uint>(ready));
    }

    public void Dispose() => _ = Close(_epoll);

    private void Control(int operation, int descriptor, int number, uint wanted)
    {
        var wish = stackalloc byte[16];
        *(uint*)wish = wanted;
        *(ulong*)(wish + DataOffset) = (ulong)number;
        _ = Succeeded(EpollControl(_epoll, operation, descriptor, wish));
    }

    private static int Succeeded(int result) => result >= 0 ? result : throw new Win32Exception();

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollControl(int epoll, int operation, int descriptor, byte* wish);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EpollWait(int epoll, byte* events, int most, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
