using System.Net.Sockets;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>
/// Silenced, the connections that are open stay open and pass nothing on, as behind a firewall that has forgotten them;
/// new ones work.
/// </summary>
internal sealed class SilencingProxy(string host, int port) : PostgresProxy(host, port)
{
    private TaskCompletionSource _silence = new();

    /// <summary>Silences the connections that are open.</summary>
    public void Silence() => Interlocked.Exchange(ref _silence, new TaskCompletionSource()).SetResult();

    /// <inheritdoc />
    protected override Task Pass(NetworkStream client, NetworkStream server)
    {
        var silence = Volatile.Read(ref _silence).Task;
        return Task.WhenAny(PassOneWay(client, server, silence), PassOneWay(server, client, silence));
    }

    private async Task PassOneWay(NetworkStream from, NetworkStream to, Task silence)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, Stopped) is > 0 and var length)
        {
            if (silence.IsCompleted)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Stopped);

            await to.WriteAsync(buffer.AsMemory(0, length), Stopped);
        }
    }
}
