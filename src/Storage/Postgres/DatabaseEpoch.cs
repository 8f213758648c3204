using Microsoft.Extensions.Logging;
using Npgsql;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// Numbers the histories of the database that this process has seen: another one begins when a standby takes over or a
/// backup is restored, and it may lack what was read or written before (ADR 0035). Thread-safe.
/// </summary>
internal sealed class DatabaseEpoch(ILogger logger)
{
    /// <summary>What names the history; fails on a standby, which has none of its own yet.</summary>
    public const string Sql = "(SELECT change_history())";

    private readonly Lock _lock = new();
    private string? _history;
    private int _current;

    /// <summary>The number of the history that was seen last.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>The number of a history that was just read. One that comes back is another one too.</summary>
    public int Of(string history)
    {
        lock (_lock)
        {
            if (_history is not null && _history != history)
            {
                _current++;
                Log.OtherDatabase(logger);
            }

            _history = history;
            return _current;
        }
    }

    /// <summary>Asks a connection which history it sees.</summary>
    public async Task<int> Read(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT {Sql}", connection);
        return Of((string)(await command.ExecuteScalarAsync(cancellationToken))!);
    }
}

/// <summary>Nothing was written: behind the connection is another database than the one that was read.</summary>
internal sealed class OtherDatabaseException()
    : NpgsqlException("Another database is behind the connection: a standby took over, or a backup was restored.");
