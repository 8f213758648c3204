using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Postgres;

[assembly: AssemblyFixture(typeof(Orleans.Workflow.Api.Tests.Hosting.SharedPostgres))]

namespace Orleans.Workflow.Api.Tests.Hosting;

/// <summary>One product with one database for all classes of a collection.</summary>
public abstract class ApiFixture : IAsyncLifetime
{
    private ApiProcess? _api;
    private ITestDatabase? _database;

    public ApiProcess Process => _api.ShouldNotBeNull();

    public ApiClient Client => Process.Client;

    public ITestDatabase Database => _database.ShouldNotBeNull();

    public async ValueTask InitializeAsync()
    {
        _database = await CreateDatabaseAsync();
        _api = await ApiProcess.StartAsync(_database);
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();

        (_database as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<ITestDatabase> CreateDatabaseAsync();
}

/// <summary>The product on SQLite.</summary>
public sealed class SqliteApi : ApiFixture
{
    protected override Task<ITestDatabase> CreateDatabaseAsync() => Task.FromResult<ITestDatabase>(new SqliteFile());
}

/// <summary>The product on PostgreSQL, with its silo in the same process.</summary>
public sealed class PostgresApi(SharedPostgres postgres) : ApiFixture
{
    protected override async Task<ITestDatabase> CreateDatabaseAsync() => await postgres.CreateDatabaseAsync("api");
}

/// <summary>One PostgreSQL server for all tests that don't stop it.</summary>
public sealed class SharedPostgres : IAsyncLifetime
{
    private PostgresServer? _server;

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartNewAsync();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    public async Task<ITestDatabase> CreateDatabaseAsync(string name) =>
        await PostgresDatabase.CreateAsync(_server.ShouldNotBeNull(), $"{name}_{Environment.ProcessId}");
}

/// <summary>Classes that share the product on SQLite; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OnSqlite : ICollectionFixture<SqliteApi>
{
    public const string Name = "SQLite";
}

/// <summary>Classes that share the product on PostgreSQL; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OnPostgres : ICollectionFixture<PostgresApi>
{
    public const string Name = "PostgreSQL";
}
