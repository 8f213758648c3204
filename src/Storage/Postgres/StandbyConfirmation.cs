using System.Data.Common;
using Npgsql;

namespace Orleans.Workflow.Storage.Postgres;

/// <summary>
/// Finds out whether the synchronous standbys have confirmed what a connection commits. If the wait for them is
/// cancelled, by the time-out of the client or by an administrator, PostgreSQL answers the commit as a success, with a
/// warning: it is on the primary, perhaps only there, and everybody sees it (ADR 0035).
/// </summary>
internal sealed class StandbyConfirmation
{
    /// <summary>
    /// Makes the statement that reads it a commit which synchronous standbys must confirm, and with it all that the
    /// statement sees, which is earlier in the log. Null, and no commit, if the server has none.
    /// </summary>
    public const string Sql = """
        (SELECT CASE WHEN current_setting('synchronous_standby_names') <> ''
          THEN pg_logical_emit_message(true, 'orleans-workflow', '')::text END)
        """;

    /// <summary>Where PostgreSQL waits; the text of the warning depends on the server's language.</summary>
    private const string WaitingRoutine = "SyncRepWaitForLSN";

    private volatile bool _isMissing;

    /// <summary>Watches a connection from now on.</summary>
    public StandbyConfirmation(NpgsqlConnection connection) =>
        connection.Notice += (_, notice) =>
        {
            if (notice.Notice.Routine == WaitingRoutine)
                _isMissing = true;
        };

    /// <summary>Watches a connection; null of a database that has no standbys.</summary>
    public static StandbyConfirmation? Of(DbConnection connection) =>
        connection is NpgsqlConnection postgres ? new StandbyConfirmation(postgres) : null;

    /// <summary>Reads to the end of an answer, where the commit is.</summary>
    /// <exception cref="UnconfirmedCommitException">It was not confirmed.</exception>
    public async Task ReadEnd(DbDataReader reader, CancellationToken cancellationToken)
    {
        // Closing the reader would read on too, but does not tell what fails.
        await reader.NextResultAsync(cancellationToken);
        ThrowIfMissing();
    }

    /// <summary>To be called when a commit was answered.</summary>
    /// <exception cref="UnconfirmedCommitException">It was not confirmed.</exception>
    public void ThrowIfMissing()
    {
        if (_isMissing)
            throw new UnconfirmedCommitException();
    }
}

/// <summary>
/// A commit that the synchronous standbys have not confirmed: it is on the primary, perhaps only there.
/// </summary>
internal sealed class UnconfirmedCommitException()
    : NpgsqlException("The synchronous standby has not confirmed the commit, which may be on the primary only.");
