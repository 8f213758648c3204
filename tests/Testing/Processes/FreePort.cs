using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Orleans.Workflow.Testing.Processes;

/// <summary>
/// Picks free TCP ports below the ephemeral range: a connection could take a port of that range before a process
/// listens on it.
/// </summary>
public static class FreePort
{
    private const int Lowest = 10_000;
    private static readonly int Count = Math.Max(LowestOfConnections() - Lowest, 5_000);

    // Somewhere else in each process, so that two test programs do not pick the same.
    private static int _last = Random.Shared.Next(Count);

    /// <summary>A free port on the loopback address.</summary>
    public static int Next() => Next(1)[0];

    /// <summary>Several free ports, all different.</summary>
    public static IReadOnlyList<int> Next(int count) =>
        [.. Candidates().Where(static port => IsFree(port)).Take(count)];

    private static IEnumerable<int> Candidates()
    {
        for (var tried = 0; tried < Count; tried++)
            yield return Lowest + (int)((uint)Interlocked.Increment(ref _last) % Count);

        throw new InvalidOperationException($"All ports from {Lowest} to {Lowest + Count} are in use.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }

    private static int LowestOfConnections()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        return File.Exists(Range)
            ? int.Parse(File.ReadAllText(Range).Split()[0], CultureInfo.InvariantCulture)
            : 32_768;
    }
}
