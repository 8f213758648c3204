using System.Diagnostics;
using System.Net.Sockets;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Testing.Proxies;

/// <summary>An nginx of its own in front of a service, in one process; it never outlives the tests.</summary>
public sealed class NginxProxy : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly string _folder;
    private readonly Process _process;
    private readonly EventHandler _atExit;

    private NginxProxy(string folder, Process process, Uri root)
    {
        (_folder, _process, Root) = (folder, process, root);
        _atExit = (_, _) => UnixSignals.Send(_process.Id, UnixSignal.Kill);
        AppDomain.CurrentDomain.ProcessExit += _atExit;
    }

    /// <summary>Where it listens.</summary>
    public Uri Root { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="server">What its block <c>server</c> holds besides the address: locations, for example.</param>
    public static async Task<NginxProxy> StartAsync(string server)
    {
        var folder = Directory.CreateTempSubdirectory("orleans-workflow-nginx-").FullName;
        var port = FreePort.Next();
        string[] temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        await File.WriteAllTextAsync(
            Path.Combine(folder, "nginx.conf"),
            $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            events { }
            http {
                access_log off;
                {{string.Concat(temporary.Select(name => $"{name}_temp_path {folder}/{name};\n    "))}}
                server {
                    listen 127.0.0.1:{{port}};
                    {{server}}
                }
            }
            """
        );
        var start = new ProcessStartInfo(Find()) { RedirectStandardError = true };
        foreach (var argument in (string[])["-p", folder, "-c", "nginx.conf", "-e", Path.Combine(folder, "error.log")])
            start.ArgumentList.Add(argument);

        var process = Process.Start(start) ?? throw new InvalidOperationException("nginx did not start.");
        var proxy = new NginxProxy(folder, process, new Uri($"http://127.0.0.1:{port}"));
        await proxy.WhenListening(port);
        return proxy;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= _atExit;
        if (!_process.HasExited)
            UnixSignals.Send(_process.Id, UnixSignal.Kill);

        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Debian puts it where only root looks.</summary>
    private static string Find() => File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";

    private async Task WhenListening(int port)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (!_process.HasExited && Stopwatch.GetElapsedTime(start) < Deadline)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
            catch (SocketException exception)
            {
                var errors = _process.HasExited ? await _process.StandardError.ReadToEndAsync() : "it does not listen";
                await DisposeAsync();
                throw new InvalidOperationException($"nginx did not start: {errors}", exception);
            }
        }
    }
}
