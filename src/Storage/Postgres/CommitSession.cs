using Npgsql;
using Orleans.Workflow.Storage.GroupCommit;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// A connection that does nothing but commit, with its prepared statement. Batch after batch goes to one server process, which has all
/// it needs at hand; from the pool they would take turns over several.
/// </summary>
internal sealed class CommitSession : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _command;
    private readonly CommitParameters _parameters;

    private CommitSession(NpgsqlConnection connection, string serviceId)
    {
        _connection = connection;
        _command = new NpgsqlCommand(CommitStatement.Text, connection);
        _parameters = new CommitParameters(_command.Parameters, serviceId);
    }

    /// <summary>Opens a connection.</summary>
    public static async Task<CommitSession> Open(NpgsqlDataSource dataSource, string serviceId, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return new CommitSession(connection, serviceId);
    }

    /// <summary>Commits a batch. After an exception the session must be disposed of.</summary>
    /// <returns>The new version of each row, in the order given; null where the version did not match.</returns>
    public async Task<int?[]> Commit(IReadOnlyList<StateWrite> writes, CancellationToken cancellationToken)
    {
        _parameters.Set(writes);
        if (!_command.IsPrepared)
            await _command.PrepareAsync(cancellationToken);

        var versions = new int?[writes.Count];
        await using var reader = await _command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            versions[reader.GetInt64(0) - 1] = reader.GetInt32(1);

        // Only the end of the answer says that the commit went through.
        await reader.NextResultAsync(cancellationToken);
        return versions;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _command.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
