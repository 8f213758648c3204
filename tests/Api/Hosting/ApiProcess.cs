using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Api.Tests.Hosting;

/// <summary>
/// The product as a process of its own, which can be killed and started again with the same settings.
/// </summary>
public sealed class ApiProcess : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>Several processes may start at the same time on a slow machine.</summary>
    private static readonly TimeSpan TimeToStart = TimeSpan.FromSeconds(180);

    private const string PathBase = "--Http:PathBase=";

    private readonly string[] _arguments;
    private readonly string? _workingDirectory;
    private readonly string _environment;
    private readonly Uri _root;
    private ServiceProcess _process;

    private ApiProcess(string[] arguments, string? workingDirectory, string environment = "Development")
    {
        _environment = environment;
        _root = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        _arguments = [$"--urls={_root}", .. arguments];
        _workingDirectory = workingDirectory;
        Client = new ApiClient(_root, prefix: arguments.FirstOrDefault(IsPathBase)?[PathBase.Length..] ?? string.Empty);
        _process = Launch();
    }

    public ApiClient Client { get; }

    /// <summary>Where it listens.</summary>
    public Uri Root => _root;

    /// <summary>Everything that it wrote.</summary>
    public BoundedOutput Output { get; } = new(int.MaxValue);

    /// <summary>Starts the product in the Development environment and waits until it is ready.</summary>
    public static Task<ApiProcess> StartAsync(ITestDatabase database, params IEnumerable<string> settings) =>
        StartAsync(workingDirectory: null, [.. database.Settings, .. settings]);

    /// <summary>Starts the product in a folder and waits until it is ready.</summary>
    public static Task<ApiProcess> StartAsync(string? workingDirectory, params string[] arguments) =>
        WhenReady(new ApiProcess(arguments, workingDirectory));

    /// <summary>Starts the product in the Production environment and waits until it is ready.</summary>
    public static Task<ApiProcess> StartInProductionAsync(
        ITestDatabase database,
        params IEnumerable<string> settings
    ) => WhenReady(new ApiProcess([.. database.Settings, .. settings], workingDirectory: null, "Production"));

    /// <summary>Kills the process as a power cut would, and starts another in its place.</summary>
    public async Task KillAndStartAgainAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _process.DisposeAsync();
        _process = Launch();
        await WaitUntilReadyAsync();
    }

    /// <summary>Asks it to stop, and waits until it has.</summary>
    public async Task StopAsync() => (await _process.StopAsync(Timeout)).ShouldBeTrue();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }

    private static async Task<ApiProcess> WhenReady(ApiProcess api)
    {
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

    private static bool IsPathBase(string argument) => argument.StartsWith(PathBase, StringComparison.Ordinal);

    private ServiceProcess Launch() =>
        ServiceProcess.Start(
            WorkingCopy.Api,
            _arguments,
            [
                new("ASPNETCORE_ENVIRONMENT", _environment),
                new("ASPNETCORE_URLS", null),
                new("DOTNET_ENVIRONMENT", null),
            ],
            _workingDirectory,
            Output
        );

    private Task WaitUntilReadyAsync() => _process.WaitUntilReadyAsync(new Uri(_root, "/health/ready"), TimeToStart);
}
