using Microsoft.Data.Sqlite;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>The prepared statements of the one connection that writes.</summary>
internal sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    private const string Identity =
        "grainidhash = ?1 AND graintypehash = ?2 AND grainidn0 = ?3 AND grainidn1 = ?4 AND graintypestring = ?5 "
        + "AND ifnull(grainidextensionstring, x'') = ifnull(?6, x'') AND serviceid = ?7";

    public PreparedStatement Begin { get; } = new(connection, "BEGIN IMMEDIATE");

    public PreparedStatement Commit { get; } = new(connection, "COMMIT");

    public PreparedStatement Rollback { get; } = new(connection, "ROLLBACK");

    /// <summary>Key in ?1 to ?7, payload in ?8.</summary>
    public PreparedStatement InsertState { get; } = new(
        connection,
        """
        INSERT INTO orleansstorage
          (grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, grainidextensionstring, serviceid, payloadbinary, modifiedon, version)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, datetime('now'), 1)
        ON CONFLICT DO NOTHING
        """);

    /// <summary>Key in ?1 to ?7, payload in ?8, the version that was read in ?9.</summary>
    public PreparedStatement UpdateState { get; } = new(
        connection,
        $"UPDATE orleansstorage SET payloadbinary = ?8, modifiedon = datetime('now'), version = version + 1 WHERE {Identity} AND version = ?9");

    /// <summary>Key in ?1 to ?7.</summary>
    public static PreparedStatement ReadState(SqliteConnection connection) => new(
        connection, $"SELECT payloadbinary, version FROM orleansstorage WHERE {Identity}");

    public PreparedStatement PutWorkflow { get; } = new(
        connection,
        """
        INSERT INTO workflow
          (workflow_id, name, name_lower, status, status_normalised, phase, outcome, attention, node_types, version, seq,
           first_received_at, last_received_at, changed_at, standing)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
        ON CONFLICT (workflow_id) DO UPDATE SET
          name = ?2, name_lower = ?3, status = ?4, status_normalised = ?5, phase = ?6, outcome = ?7, attention = ?8, node_types = ?9,
          version = ?10, seq = ?11, first_received_at = ?12, last_received_at = ?13, changed_at = ?14, standing = ?15
        """);

    public PreparedStatement PutOrder { get; } = new(
        connection,
        """
        INSERT INTO workflow_order (workflow_id, name_lower, first_received_at, standing, status_normalised, attention)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (workflow_id) DO UPDATE SET
          name_lower = ?2, first_received_at = ?3, standing = ?4, status_normalised = ?5, attention = ?6
        """);

    public PreparedStatement AddReceipt { get; } = new(
        connection,
        """
        INSERT INTO receipt (id, workflow_id, seq, received_at, source, effect, version, vocabulary, body, changes, kind, position)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
          CASE WHEN ?10 IS NOT NULL THEN 1 + max(h.position, coalesce((SELECT max(position) FROM receipt WHERE position IS NOT NULL), 0)) END
        FROM change_horizon h
        """);

    /// <summary>All of them.</summary>
    public IEnumerable<PreparedStatement> All => [Begin, Commit, Rollback, InsertState, UpdateState, PutWorkflow, PutOrder, AddReceipt];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in All)
            statement.Dispose();
    }
}
