using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Workflow.Testing.Vendors;

namespace Orleans.Workflow.Vendor.Tests;

/// <summary>The client with the server that it talks to, and everything that it logs.</summary>
internal sealed class ClientFixture : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private ClientFixture(VendorServer server, VendorOptions options, FakeTimeProvider? time)
    {
        (Server, Time) = (server, time ?? new FakeTimeProvider());
        var services = new ServiceCollection();
        if (time is not null)
            services.AddSingleton<TimeProvider>(time);

        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logged));
        services.AddVendorClient(options);
        _services = services.BuildServiceProvider();
        Client = _services.GetRequiredService<VendorClient>();
    }

    public VendorServer Server { get; }

    public VendorClient Client { get; }

    /// <summary>The clock of the client, if it is not that of the machine.</summary>
    public FakeTimeProvider Time { get; }

    public LoggedLines Logged { get; } = new();

    public static VerifyPushRequest Push { get; } =
        new()
        {
            WorkflowId = "workflow-1",
            NodeId = "node-1",
            Callee = "+15550100001",
            CaseId = "case-1",
        };

    /// <summary>Starts both.</summary>
    /// <param name="time">The clock of the client; null for that of the machine.</param>
    /// <param name="secret">The secret of the application.</param>
    /// <param name="scheme">The scheme that tokens are sent with.</param>
    /// <param name="lifetime">How long a token is good; 24 hours if null.</param>
    /// <param name="timeout">How long an attempt may take; long, if null.</param>
    public static async Task<ClientFixture> StartAsync(
        FakeTimeProvider? time = null,
        string secret = VendorServer.AppSecret,
        string scheme = "Token",
        TimeSpan? lifetime = null,
        TimeSpan? timeout = null
    )
    {
        var server = await VendorServer.StartAsync();
        var options = new VendorOptions
        {
            BaseAddress = server.Address,
            AppKey = VendorServer.AppKey,
            AppSecret = secret,
            AuthorizationScheme = scheme,
            TokenLifetime = lifetime ?? TimeSpan.FromHours(24),
            Timeout = timeout ?? TimeSpan.FromSeconds(30),
        };
        return new ClientFixture(server, options, time);
    }

    /// <summary>Asks whether a push is genuine.</summary>
    public Task<bool> Verify() => Client.VerifyPush(Push, TestContext.Current.CancellationToken);

    /// <summary>Gets the token, and opens a connection; returns how often a push was verified by then.</summary>
    public async Task<int> FirstVerify()
    {
        await Verify();
        return Server.Count(VendorServer.Verify);
    }

    /// <summary>How a call fails.</summary>
    public static async Task<VendorException> FailureOf(Func<Task> call) =>
        await Should.ThrowAsync<VendorException>(call);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>Keeps everything that is logged, with exceptions and scopes.</summary>
internal sealed class LoggedLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string All => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        _lines.Enqueue($"scope {state}");
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => _lines.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)} {exception}");

    public void Dispose() { }
}
