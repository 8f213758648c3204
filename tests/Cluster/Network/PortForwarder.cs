using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>
/// Lets the tests, which run outside the network, talk to its hosts: passes what connects to a loopback port on to a
/// host, by a socket that belongs to another host, on which the vendor and the readers are taken to be.
/// </summary>
internal sealed partial class PortForwarder : IDisposable
{
    private const int NewNetwork = 0x40000000;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    private readonly BlockingCollection<TaskCompletionSource<Socket>> _wanted = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<TcpListener> _listeners = [];

    /// <summary>Begins.</summary>
    /// <param name="from">The host from which the connections come.</param>
    public PortForwarder(VirtualHost from) =>
        new Thread(() => MakeSockets($"/run/netns/{from.Namespace}"))
        {
            IsBackground = true,
            Name = nameof(PortForwarder),
        }.Start();

    /// <summary>Opens a loopback port that leads to a port of a host.</summary>
    /// <returns>Its URL.</returns>
    public Uri Forward(IPEndPoint target)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(backlog: 512);
        _listeners.Add(listener);
        _ = Accept(listener, target);
        return new Uri($"http://{listener.LocalEndpoint}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _wanted.CompleteAdding();
        foreach (var listener in _listeners)
            listener.Dispose();
    }

    /// <summary>A socket belongs to the network namespace of the thread that makes it.</summary>
    private void MakeSockets(string file)
    {
        using var handle = File.OpenHandle(file);
        var entered = EnterNamespace(handle.DangerousGetHandle().ToInt32(), NewNetwork) == 0;
        var error = Marshal.GetLastPInvokeError();
        foreach (var wanted in _wanted.GetConsumingEnumerable())
        {
            if (entered)
                wanted.SetResult(
                    new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
                );
            else
                wanted.SetException(new Win32Exception(error));
        }
    }

    private async Task Accept(TcpListener listener, IPEndPoint target)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _ = Pass(await listener.AcceptSocketAsync(_stopping.Token), target);
            }
            catch (Exception exception)
                when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The next one, if there is one.
            }
        }
    }

    private async Task Pass(Socket client, IPEndPoint target)
    {
        try
        {
            var wanted = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
            _wanted.Add(wanted);
            using var server = await wanted.Task;
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            timeout.CancelAfter(ConnectTimeout);
            await server.ConnectAsync(target, timeout.Token);
            await using var there = new NetworkStream(server);
            await using var here = new NetworkStream(client);
            // Once one side has ended, the connection is over: HTTP never closes one direction only.
            await await Task.WhenAny(
                here.CopyToAsync(there, _stopping.Token),
                there.CopyToAsync(here, _stopping.Token)
            );
        }
        catch (Exception exception)
            when (exception is IOException or SocketException or OperationCanceledException or InvalidOperationException
            )
        {
            // The client sees a connection that ends without an answer.
        }
        finally
        {
            client.Dispose();
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int EnterNamespace(int descriptor, int kind);
}
