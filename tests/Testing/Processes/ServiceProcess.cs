using System.Diagnostics;

namespace Orleans.Workflow.Testing.Processes;

/// <summary>
/// A service of ours as a child process: its output is kept, it can be frozen and killed, it never outlives the tests.
/// </summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromSeconds(2),
    };

    private readonly Process _process;
    private readonly EventHandler _atExit;

    private ServiceProcess(string name, Process process, BoundedOutput output)
    {
        (Name, _process, Id, Output) = (name, process, process.Id, output);
        _atExit = (_, _) => Kill();
        AppDomain.CurrentDomain.ProcessExit += _atExit;
    }

    /// <summary>What the process is called in messages.</summary>
    public string Name { get; }

    /// <summary>The process id.</summary>
    public int Id { get; }

    /// <summary>What it wrote to standard output and standard error.</summary>
    public BoundedOutput Output { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The exit code of a process that has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts <c>dotnet {assembly} {arguments}</c>.</summary>
    /// <param name="assembly">Path of the program's dll.</param>
    /// <param name="arguments">Its arguments, one each.</param>
    /// <param name="environment">Variables to set; null removes one.</param>
    /// <param name="workingDirectory">Where it runs; by default beside its dll, where its appsettings.json
    /// lies.</param>
    /// <param name="output">Keeps what it writes; by default the last lines.</param>
    /// <param name="launcher">A command that becomes the program that follows it, such as <c>ip netns exec</c>.</param>
    public static ServiceProcess Start(
        string assembly,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string?>>? environment = null,
        string? workingDirectory = null,
        BoundedOutput? output = null,
        params IReadOnlyList<string> launcher
    )
    {
        if (!File.Exists(assembly))
            throw new FileNotFoundException($"There is no {assembly}: build it first.", assembly);

        string[] command = [.. launcher, "dotnet", Path.GetFullPath(assembly), .. arguments];
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingDirectory ?? Path.GetDirectoryName(Path.GetFullPath(assembly)),
        };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);

        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;

        var process = new Process { StartInfo = start };
        process.Start();
        var service = new ServiceProcess(
            Path.GetFileNameWithoutExtension(assembly),
            process,
            output ?? new BoundedOutput()
        );
        process.OutputDataReceived += (_, line) => service.Output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => service.Output.Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return service;
    }

    /// <summary>Waits until a URL answers 2xx.</summary>
    /// <exception cref="TimeoutException">It did not in time; the message holds the output.</exception>
    /// <exception cref="InvalidOperationException">The process ended instead.</exception>
    public async Task WaitUntilReadyAsync(Uri url, TimeSpan deadline, CancellationToken cancellation = default)
    {
        var started = Stopwatch.GetTimestamp();
        var last = "no answer";
        while (Stopwatch.GetElapsedTime(started) < deadline)
        {
            if (HasExited)
                throw new InvalidOperationException(
                    $"{Name} ended with code {ExitCode} before {url} answered. Its output:\n{Output}"
                );

            try
            {
                using var answer = await Http.GetAsync(url, cancellation);
                if (answer.IsSuccessStatusCode)
                    return;

                last = $"{(int)answer.StatusCode} {answer.StatusCode}";
            }
            catch (Exception e)
                when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                last = e.Message;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
        }

        throw new TimeoutException(
            $"{Name}: {url} was not ready after {deadline.TotalSeconds:0} s ({last}). Its output:\n{Output}"
        );
    }

    /// <summary>Sends a signal; nothing happens if the process has ended.</summary>
    public void Signal(UnixSignal signal)
    {
        if (!_process.HasExited)
            UnixSignals.Send(Id, signal);
    }

    /// <summary>Kills it (SIGKILL), frozen or not; returns at once.</summary>
    public void Kill() => Signal(UnixSignal.Kill);

    /// <summary>Asks it to stop (SIGTERM) and kills it if it has not ended in time.</summary>
    /// <returns>Whether it ended by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan timeout)
    {
        Signal(UnixSignal.Continue);
        Signal(UnixSignal.Terminate);
        try
        {
            await _process.WaitForExitAsync().WaitAsync(timeout, TimeProvider.System);
            return true;
        }
        catch (TimeoutException)
        {
            Kill();
            await WaitForExitAsync();
            return false;
        }
    }

    /// <summary>Waits until it has ended.</summary>
    public Task WaitForExitAsync(CancellationToken cancellation = default) => _process.WaitForExitAsync(cancellation);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= _atExit;
        Kill();
        await WaitForExitAsync();
        _process.Dispose();
    }
}
