using System.Data.Common;
using Microsoft.Data.Sqlite;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Api.Tests.Hosting;

/// <summary>A SQLite file in a fresh folder, gone with this object.</summary>
public sealed class SqliteFile : ITestDatabase, IDisposable
{
    private readonly string _folder = DatabaseFolder.Create("orleans-workflow-");

    private string ConnectionString => $"Data Source={System.IO.Path.Combine(_folder, "workflows.db")};Pooling=False";

    public IEnumerable<string> Settings =>
        ["--Storage:Provider=Sqlite", $"--ConnectionStrings:Workflows={ConnectionString}"];

    public async Task<DbConnection> OpenAsync()
    {
        var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public object Id(Guid id) => id.ToByteArray(bigEndian: true);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
