using Microsoft.Data.Sqlite;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>Makes empty databases of one kind.</summary>
public interface ITestDatabases
{
    /// <summary>A new database without a schema.</summary>
    Task<StorageSettings> CreateAsync();
}

/// <summary>The PostgreSQL server that all tests share.</summary>
public sealed class PostgresDatabases : ITestDatabases, IAsyncLifetime
{
    private PostgresServer? _server;
    private int _created;

    /// <summary>The server.</summary>
    public PostgresServer Server => _server ?? throw new InvalidOperationException("The server has not started.");

    /// <inheritdoc />
    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartNewAsync();

    /// <inheritdoc />
    public async Task<StorageSettings> CreateAsync()
    {
        // Databases of a named server are told apart by the process: two runs may share it.
        var name = $"storage_tests_{Environment.ProcessId}_{Interlocked.Increment(ref _created)}";
        return new StorageSettings(StorageProvider.Postgres, await Server.CreateDatabaseAsync(name));
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        Npgsql.NpgsqlConnection.ClearAllPools();
        return _server?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}

/// <summary>SQLite files in a temporary directory.</summary>
public sealed class SqliteDatabases : ITestDatabases, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("owf-sqlite-").FullName;
    private int _created;

    /// <inheritdoc />
    public Task<StorageSettings> CreateAsync()
    {
        var file = Path.Combine(_directory, $"workflows-{Interlocked.Increment(ref _created)}.db");
        return Task.FromResult(new StorageSettings(StorageProvider.Sqlite, $"Data Source={file}"));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }
}
