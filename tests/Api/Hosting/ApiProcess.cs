using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Api.Tests.Hosting;

/// <summary>The product as a process of its own, which can be killed and started again with the same settings.</summary>
public sealed class ApiProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string[] _arguments;
    private readonly string? _workingDirectory;
    private readonly Uri _root;
    private ServiceProcess _process;

    private ApiProcess(string[] arguments, string? workingDirectory)
    {
        _root = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        _arguments = [$"--urls={_root}", .. arguments];
        _workingDirectory = workingDirectory;
        Client = new ApiClient(_root);
        _process = Launch();
    }

    public ApiClient Client { get; }

    /// <summary>What the process wrote to the console.</summary>
    public BoundedOutput Output => _process.Output;

    /// <summary>Starts the product in the Development environment and waits until it is ready.</summary>
    public static Task<ApiProcess> StartAsync(ITestDatabase database, params IEnumerable<string> settings) =>
        StartAsync(workingDirectory: null, [.. database.Settings, .. settings]);

    /// <summary>Starts the product in a folder and waits until it is ready.</summary>
    public static async Task<ApiProcess> StartAsync(string? workingDirectory, params string[] arguments)
    {
        var api = new ApiProcess(arguments, workingDirectory);
        try
        {
            await api.WaitUntilReadyAsync();
            return api;
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the process as a power cut would, and starts another in its place.</summary>
    public async Task KillAndStartAgainAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _process.DisposeAsync();
        _process = Launch();
        await WaitUntilReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }

    private ServiceProcess Launch() => ServiceProcess.Start(
        ApiAssembly.Path,
        _arguments,
        [new("ASPNETCORE_ENVIRONMENT", "Development"), new("ASPNETCORE_URLS", null), new("DOTNET_ENVIRONMENT", null)],
        _workingDirectory);

    private Task WaitUntilReadyAsync() => _process.WaitUntilReadyAsync(new Uri(_root, "/health/ready"), Patience);
}
