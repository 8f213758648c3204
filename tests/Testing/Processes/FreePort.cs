using System.Net;
using System.Net.Sockets;

namespace Orleans.Workflow.Testing.Processes;

/// <summary>Picks TCP ports that nobody listens on.</summary>
public static class FreePort
{
    /// <summary>A free port on the loopback address. It may be taken by somebody else before it is used.</summary>
    public static int Next() => Next(1)[0];

    /// <summary>Several free ports, all different.</summary>
    public static IReadOnlyList<int> Next(int count)
    {
        // Held together until all are known, so that no port is given twice.
        var held = new List<Socket>();
        try
        {
            var ports = new List<int>();
            for (var i = 0; i < count; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                held.Add(socket);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                ports.Add(((IPEndPoint)socket.LocalEndPoint!).Port);
            }

            return ports;
        }
        finally
        {
            held.ForEach(socket => socket.Dispose());
        }
    }
}
