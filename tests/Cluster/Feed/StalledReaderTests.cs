using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Deliveries;
using Orleans.Workflow.Testing.Feeds;

namespace Orleans.Workflow.Cluster.Tests.Feed;

/// <summary>Readers that ask for much and read nothing of it.</summary>
public sealed class StalledReaderTests(ITestOutputHelper output)
{
    private const int Stalled = 100;
    private const long MostBytes = 256L * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Who_stops_reading_costs_little_memory_and_is_cut_off_while_others_are_served()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var api = await SingleApi.StartOnSqliteAsync();
        var plan = DeliveryPlan.Generate(seed: 5002, workflows: 300);
        using var run = new DeliveryRun(plan, new DeliveryOptions([api.Address]));
        await run.DeliverAsync(cancellation);
        var size = await ReadAll(api.Address, cancellation);
        var before = api.ResidentBytes;

        var sockets = await Task.WhenAll(Enumerable.Range(0, Stalled).Select(_ => Ask(api.Address, cancellation)));
        var (most, start) = (0L, Stopwatch.GetTimestamp());
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        var cut = Task.WhenAll(sockets.Select(socket => WhenCut(socket, patience.Token)));
        while (!cut.IsCompleted)
        {
            most = Math.Max(most, api.ResidentBytes - before);
            await Task.WhenAny(cut, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellation));
        }

        await cut;
        output.WriteLine(
            $"{Stalled} readers that read nothing of {size / 1024.0 / 1024:0.0} MiB each: {most / 1024.0 / 1024:0} MiB more at most; "
            + $"all were cut off after {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s.");
        most.ShouldBeLessThan(Math.Min(MostBytes, size * Stalled / 4));
        (await ReadAll(api.Address, cancellation)).ShouldBe(size);
        foreach (var socket in sockets)
            socket.Dispose();
    }

    /// <summary>Reads what there is, and answers how large it is.</summary>
    private static async Task<long> ReadAll(Uri api, CancellationToken cancellation)
    {
        using var now = new FeedReader();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        now.PlaceRead += (_, _) => ending.Cancel();
        try
        {
            await foreach (var _ in now.Read(new Uri(api, "/events"), ending.Token))
            {
            }
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
        }

        using var reader = new FeedReader();
        var size = 0L;
        await foreach (var received in reader.Read(new Uri(api, "/events?last_event_id=0"), cancellation))
        {
            size += received.Data.Length;
            if (received.Id == now.LastId)
                break;
        }

        return size;
    }

    /// <summary>Asks for everything, with room for next to nothing.</summary>
    private static async Task<Socket> Ask(Uri api, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(api.Host, api.Port, cancellation);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /events?last_event_id=0 HTTP/1.1\r\nHost: {api.Authority}\r\n\r\n"), cancellation);
        return socket;
    }

    /// <summary>Completes when the other side has given the connection up: the kernel knows, without anything being read.</summary>
    private static async Task WhenCut(Socket socket, CancellationToken cancellation)
    {
        while (!socket.Poll(0, SelectMode.SelectError) && socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is 0)
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellation);
    }
}
