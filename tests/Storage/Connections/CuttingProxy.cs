using System.Buffers.Binary;
using System.Net.Sockets;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>
/// Armed, it waits for the answer to a commit, lets the server finish it, and cuts the connection instead of passing
/// the answer on: the commit has happened, and its writer never hears of it.
/// </summary>
internal sealed class CuttingProxy(string host, int port) : PostgresProxy(host, port)
{
    private int _armed;
    private int _swallowed;

    /// <summary>How many answers it has swallowed.</summary>
    public int Swallowed => Volatile.Read(ref _swallowed);

    /// <summary>Swallows the answer to one commit.</summary>
    public void Arm() => Interlocked.Exchange(ref _armed, 1);

    /// <inheritdoc />
    protected override Task Pass(NetworkStream client, NetworkStream server) =>
        Task.WhenAny(client.CopyToAsync(server, Stopped), PassAnswers(server, client));

    /// <summary>
    /// Passes the server's messages on: one byte of type, four of length, which counts itself, and the rest.
    /// </summary>
    private async Task PassAnswers(NetworkStream server, NetworkStream client)
    {
        var buffer = new byte[64 * 1024];
        var swallowing = false;
        while (true)
        {
            await server.ReadExactlyAsync(buffer.AsMemory(0, 5), Stopped);
            var length = 1 + BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(1));
            if (length > buffer.Length)
                Array.Resize(ref buffer, length);

            await server.ReadExactlyAsync(buffer.AsMemory(5, length - 5), Stopped);
            swallowing =
                swallowing || (IsAnswerToCommit(buffer.AsSpan(0, length)) && Interlocked.Exchange(ref _armed, 0) == 1);
            if (!swallowing)
            {
                await client.WriteAsync(buffer.AsMemory(0, length), Stopped);
            }
            else if (buffer[0] == 'Z')
            {
                // Ready for the next query: what was asked is committed.
                Interlocked.Increment(ref _swallowed);
                return;
            }
        }
    }

    /// <summary>Whether it is a row of a number, a version and four nulls, as only a commit answers.</summary>
    private static bool IsAnswerToCommit(ReadOnlySpan<byte> message) =>
        message is [(byte)'D', _, _, _, _, 0, 6, 0, 0, 0, 8, _, _, _, _, _, _, _, _, 0, 0, 0, 4, .. var rest]
        && rest[4..] is [255, 255, 255, 255, ..];
}
