using Orleans.Workflow.Console.Tests.Traffic;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Console.Tests.Hosting;

/// <summary>A product of a test's own: one process, by default on a file of SQLite in a directory of its own.</summary>
internal sealed class ConsoleInstance : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = new(DatabaseFolder.Create("owf-console-"));
    private readonly IReadOnlyList<int> _ports = FreePort.Next(3);
    private readonly string[] _storage;
    private ServiceProcess? _api;

    private ConsoleInstance(string? postgres)
    {
        Address = new Uri($"http://127.0.0.1:{_ports[0]}");
        Sender = new Sender(Address);
        _storage = postgres is null
            ?
            [
                "--Storage:Provider=Sqlite",
                $"--ConnectionStrings:Workflows=Data Source={Path.Combine(_directory.FullName, "workflows.db")}",
            ]
            :
            [
                "--Storage:Provider=Postgres",
                $"--ConnectionStrings:Workflows={postgres}",
                $"--Cluster:SiloPort={_ports[1]}",
                $"--Cluster:GatewayPort={_ports[2]}",
            ];
    }

    public Uri Address { get; }

    public Sender Sender { get; }

    /// <summary>Starts one.</summary>
    /// <param name="postgres">The database; null for SQLite.</param>
    /// <param name="settings">Further settings, <c>--name=value</c> each.</param>
    public static async Task<ConsoleInstance> StartAsync(string? postgres = null, params string[] settings)
    {
        var instance = new ConsoleInstance(postgres);
        await instance.RestartAsync(settings);
        return instance;
    }

    /// <summary>Ends the process without a chance to leave anything in order.</summary>
    public async Task KillAsync()
    {
        var api = _api.ShouldNotBeNull();
        api.Kill();
        await api.WaitForExitAsync();
    }

    /// <summary>Stops the process and starts it again on the same storage and address, with other settings.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="meanwhile">What to do while it is away.</param>
    public async Task RestartAsync(string[] settings, Func<Task>? meanwhile = null)
    {
        if (_api is not null)
        {
            await _api.StopAsync(TimeSpan.FromSeconds(60));
            await _api.DisposeAsync();
        }

        if (meanwhile is not null)
            await meanwhile();

        _api = ServiceProcess.Start(
            WorkingCopy.Api,
            [$"--urls={Address}", .. _storage, .. settings],
            [new("ASPNETCORE_ENVIRONMENT", "Development")]
        );
        await _api.WaitUntilReadyAsync(new Uri(Address, "/health/ready"), TimeSpan.FromSeconds(120));
    }

    public async ValueTask DisposeAsync()
    {
        Sender.Dispose();
        if (_api is not null)
            await _api.DisposeAsync();

        _directory.Delete(recursive: true);
    }
}
