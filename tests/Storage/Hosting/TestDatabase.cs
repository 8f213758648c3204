using System.Text;
using Microsoft.Data.Sqlite;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>Makes databases of one kind.</summary>
public interface ITestDatabases
{
    /// <summary>A new database without a schema.</summary>
    Task<StorageSettings> CreateAsync();

    /// <summary>
    /// A new database with the oldest schema that can be upgraded, and content, made by a build of that time.
    /// </summary>
    Task<StorageSettings> CreateOldAsync();
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
    public Task<StorageSettings> CreateAsync() => CreateAsync(NewName());

    /// <inheritdoc />
    public async Task<StorageSettings> CreateOldAsync()
    {
        var name = NewName();
        var settings = await CreateAsync(name);
        var dump = await UpgradeFiles.ReadAsync("postgresql-012.database.br");
        await Server.RestoreSqlAsync(name, Encoding.UTF8.GetString(dump));
        return settings;
    }

    // The process id distinguishes databases of a named server: two runs may share it.
    private string NewName() => $"storage_tests_{Environment.ProcessId}_{Interlocked.Increment(ref _created)}";

    private async Task<StorageSettings> CreateAsync(string name) =>
        new(StorageProvider.Postgres, await Server.CreateDatabaseAsync(name));

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
    private readonly string _directory = DatabaseFolder.Create("owf-sqlite-");
    private int _created;

    /// <inheritdoc />
    public Task<StorageSettings> CreateAsync() => Task.FromResult(Of(NewFile()));

    /// <inheritdoc />
    public async Task<StorageSettings> CreateOldAsync()
    {
        var file = NewFile();
        await File.WriteAllBytesAsync(file, await UpgradeFiles.ReadAsync("sqlite-008.database.br"));
        return Of(file);
    }

    private string NewFile() => Path.Combine(_directory, $"workflows-{Interlocked.Increment(ref _created)}.db");

    private static StorageSettings Of(string file) => new(StorageProvider.Sqlite, $"Data Source={file}");

    /// <inheritdoc />
    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }
}
