using System.Collections.Immutable;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Feeds;

namespace Orleans.Workflow.Cluster.Tests.Feed;

/// <summary>Readers that ask for much and read nothing of it.</summary>
public sealed class StalledReaderTests(ITestOutputHelper output)
{
    private const int Stalled = 100;
    private const int Workflows = 60;
    private const int Nodes = 500;

    /// <summary>A quarter of what would be held for readers without bounds.</summary>
    private const long MaxBytes = 400L * 1024 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(300);

    [Fact]
    public async Task A_reader_that_stops_reading_costs_little_memory_and_is_cut_off()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var api = await SingleApi.StartOnSqliteAsync();
        await SendWideWorkflows(api.Address, cancellation);
        var size = await ReadAll(api.Address, cancellation);
        (size * Stalled).ShouldBeGreaterThan(MaxBytes * 4);
        var before = api.ResidentBytes;

        var sockets = await Task.WhenAll(Enumerable.Range(0, Stalled).Select(_ => Ask(api.Address, cancellation)));
        var start = TimeProvider.System.GetTimestamp();
        var (most, open) = (0L, Stalled);
        while (open > 0)
        {
            TimeProvider
                .System.GetElapsedTime(start)
                .ShouldBeLessThan(Timeout, $"{open} readers that read nothing are still connected");
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellation);
            most = Math.Max(most, api.ResidentBytes - before);
            open = CountEstablished(api.Address.Port, sockets);
        }

        output.WriteLine(
            $"{Stalled} readers that read nothing of {size / 1024.0 / 1024:0.0} MiB each: "
                + $"{most / 1024.0 / 1024:0} MiB more at most; "
                + $"all were cut off after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0} s."
        );
        most.ShouldBeLessThan(MaxBytes);
        (await ReadAll(api.Address, cancellation)).ShouldBe(size);
        foreach (var socket in sockets)
            socket.Dispose();
    }

    /// <summary>Sends notifications of workflows whose first change is large.</summary>
    private static async Task SendWideWorkflows(Uri api, CancellationToken cancellation)
    {
        using var http = new HttpClient(new ContractHandler()) { BaseAddress = api };
        for (var i = 0; i < Workflows; i++)
        {
            var actions = Enumerable
                .Range(0, Nodes)
                .Select(node => new StatusChangeAction(
                    $"node-{i}-{node}",
                    $"Voicebot {node}",
                    "call",
                    $"task-{i}-{node}",
                    "running"
                ));
            using var body = new ByteArrayContent(
                VendorJson.Write(new StatusChange($"wide-{i}", "Wide", "running", [.. actions]))
            );
            body.Headers.ContentType = new("application/json");
            (
                await http.PostAsync(
                    new Uri("/webhooks/airudder/workflow-status", UriKind.Relative),
                    body,
                    cancellation
                )
            ).EnsureSuccessStatusCode();
        }
    }

    /// <summary>Reads everything that there is, and answers how large it is.</summary>
    private static async Task<long> ReadAll(Uri api, CancellationToken cancellation)
    {
        using var reader = new FeedReader();
        var (size, count) = (0L, 0);
        await foreach (var received in reader.Read(new Uri(api, "/events?last_event_id=0"), cancellation))
        {
            size += received.Data.Length;
            if (++count == Workflows)
                return size;
        }

        throw new InvalidOperationException($"The stream ended after {count} events.");
    }

    /// <summary>Asks for everything, with room for next to nothing.</summary>
    private static async Task<Socket> Ask(Uri api, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveBufferSize = 4096,
        };
        await socket.ConnectAsync(api.Host, api.Port, cancellation);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"GET /events?last_event_id=0 HTTP/1.1\r\nHost: {api.Authority}\r\n\r\n"),
            cancellation
        );
        return socket;
    }

    /// <summary>How many of the connections the Api has not given up, as the kernel knows.</summary>
    private static int CountEstablished(int port, IEnumerable<Socket> sockets)
    {
        var ours = sockets
            .Select(static socket => ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port)
            .ToImmutableHashSet();
        return IPGlobalProperties
            .GetIPGlobalProperties()
            .GetActiveTcpConnections()
            .Count(connection =>
                connection.State == TcpState.Established
                && connection.LocalEndPoint.Port == port
                && ours.Contains(connection.RemoteEndPoint.Port)
            );
    }
}
