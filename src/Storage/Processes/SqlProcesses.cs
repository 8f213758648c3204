using System.Data.Common;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Processes;

/// <summary>
/// What the processes of the service say of themselves: a row for each, in SQL that both databases understand.
/// </summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
public sealed class SqlProcesses(DbDataSource dataSource, ReadDialect dialect)
{
    /// <summary>For how long a process that has gone without a word is remembered.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    // The row is worth nothing after a crash, and must be written while a standby does not confirm commits.
    private readonly string _write = $"""
        INSERT INTO process (name, kind, version, started_at, reported_at, figures)
        SELECT @name, @kind, @version, @started_at, {dialect.Now}, @figures WHERE {dialect.WithoutWaiting}
        ON CONFLICT (name) DO UPDATE SET
          kind = excluded.kind, version = excluded.version, started_at = excluded.started_at,
          reported_at = excluded.reported_at, figures = excluded.figures
        """;

    /// <summary>Writes the row of a process, and reads those of all, by name.</summary>
    public async Task<IReadOnlyList<ReportedProcess>> Exchange(ProcessRow row, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(row);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var write = connection.CreateCommand();
        write.CommandText = _write;
        write.Set("name", row.Name);
        write.Set("kind", (int)row.Kind);
        write.Set("version", row.Version);
        write.Set("started_at", row.StartedAt.ToUnixTimeMilliseconds());
        write.Set("figures", row.Figures);
        await write.ExecuteNonQueryAsync(cancellationToken);

        await using var read = connection.CreateCommand();
        read.CommandText =
            $"SELECT name, kind, version, started_at, figures, {dialect.Now} - reported_at FROM process ORDER BY name";
        return await read.ReadAll(
            static reader => new ReportedProcess(
                new ProcessRow(
                    reader.GetString(0),
                    (ProcessKind)reader.GetInt32(1),
                    reader.GetString(2),
                    reader.Time(3),
                    reader.GetString(4)
                ),
                TimeSpan.FromMilliseconds(Math.Max(0, reader.GetInt64(5)))
            ),
            cancellationToken
        );
    }

    /// <summary>Removes the row of a process that ends in order.</summary>
    public Task Leave(string name, CancellationToken cancellationToken) =>
        dataSource.Execute("DELETE FROM process WHERE name = @name", cancellationToken, ("name", name));

    /// <summary>Removes the rows of processes that have not reported for long.</summary>
    public Task Forget(CancellationToken cancellationToken) =>
        dataSource.Execute(
            $"DELETE FROM process WHERE reported_at < {dialect.Now} - @remembered",
            cancellationToken,
            ("remembered", (long)Remembered.TotalMilliseconds)
        );
}
