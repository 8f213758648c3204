using System.Diagnostics;
using System.Text.Json;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Testing.Telemetry;

/// <summary>A real Prometheus of its own, in one process; it never outlives the tests.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly Process _process;
    private readonly EventHandler _atExit;
    private readonly HttpClient _client;

    private PrometheusServer(string folder, Process process, int port)
    {
        (_folder, _process) = (folder, process);
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        _atExit = (_, _) => UnixSignals.Send(_process.Id, UnixSignal.Kill);
        AppDomain.CurrentDomain.ProcessExit += _atExit;
    }

    /// <summary>Where Debian's package is unpacked by test.sh: installing it would start a service.</summary>
    private static string Unpacked =>
        Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "orleans-workflow",
            "prometheus",
            "usr",
            "bin"
        );

    /// <summary>Starts it with a configuration and rules.</summary>
    /// <param name="files">Its files by name; <c>prometheus.yml</c> is the configuration.</param>
    public static async Task<PrometheusServer> StartAsync(IReadOnlyDictionary<string, string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var folder = Directory.CreateTempSubdirectory("owf-prometheus-").FullName;
        foreach (var (name, text) in files)
            await File.WriteAllTextAsync(Path.Combine(folder, name), text);

        var port = FreePort.Next();
        var start = new ProcessStartInfo(Find("prometheus"))
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        start.ArgumentList.Add("--config.file=prometheus.yml");
        start.ArgumentList.Add("--storage.tsdb.path=data");
        start.ArgumentList.Add($"--web.listen-address=127.0.0.1:{port}");
        start.ArgumentList.Add("--log.level=error");
        var process = Process.Start(start) ?? throw new InvalidOperationException("Prometheus did not start.");
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var server = new PrometheusServer(folder, process, port);
        await server.WhenReady();
        return server;
    }

    /// <summary>The path of one of its programs.</summary>
    public static string Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(':')
            .Append(Unpacked)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"There is no {program}: test.sh unpacks it to {Unpacked}.");

    /// <summary>How many processes it has read.</summary>
    public async Task<int> CountUpAsync(CancellationToken cancellationToken)
    {
        using var answer = JsonDocument.Parse(
            await _client.GetStringAsync("/api/v1/query?query=up", cancellationToken)
        );
        return answer
            .RootElement.GetProperty("data")
            .GetProperty("result")
            .EnumerateArray()
            .Count(static process => process.GetProperty("value")[1].GetString() == "1");
    }

    /// <summary>The names of the alerts that fire now.</summary>
    public async Task<HashSet<string>> FiringAsync(CancellationToken cancellationToken)
    {
        using var answer = JsonDocument.Parse(await _client.GetStringAsync("/api/v1/alerts", cancellationToken));
        return
        [
            .. answer
                .RootElement.GetProperty("data")
                .GetProperty("alerts")
                .EnumerateArray()
                .Where(static alert => alert.GetProperty("state").GetString() == "firing")
                .Select(static alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!),
        ];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= _atExit;
        _client.Dispose();
        if (!_process.HasExited)
            UnixSignals.Send(_process.Id, UnixSignal.Kill);

        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WhenReady()
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                (await _client.GetAsync("/-/ready")).EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited && Stopwatch.GetElapsedTime(start) < Deadline)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
            catch (HttpRequestException exception)
            {
                await DisposeAsync();
                throw new InvalidOperationException("Prometheus did not start.", exception);
            }
        }
    }
}
