using Microsoft.Data.Sqlite;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// The prepared statements of the one connection that writes. A workflow's state and its row in the list are one row; which columns a
/// statement names decides which indexes SQLite touches, whether their values change or not.
/// </summary>
internal sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    private const string Identity =
        "grainidhash = ?1 AND graintypehash = ?2 AND grainidn0 = ?3 AND grainidn1 = ?4 AND graintypestring = ?5 "
        + "AND ifnull(grainidextensionstring, x'') = ifnull(?6, x'') AND serviceid = ?7";

    // By the row's number it is one row, whatever the planner knows; for what may be several, SQLite keeps every page as it was before.
    private const string Known = $"WHERE rowid = (SELECT rowid FROM orleansstorage WHERE {Identity}) AND version = ?9";

    private const string SetState = "UPDATE orleansstorage SET payloadbinary = ?8, modifiedon = datetime('now'), version = version + 1";

    private const string SetChange =
        "status = ?10, node_types = ?11, workflow_version = ?12, seq = ?13, last_received_at = ?14, changed_at = ?15";

    private const string SetPlace =
        "name = ?16, name_lower = ?17, status_normalised = ?18, phase = ?19, outcome = ?20, attention = ?21, first_received_at = ?22, standing = ?23";

    public PreparedStatement Begin { get; } = new(connection, "BEGIN IMMEDIATE");

    public PreparedStatement Commit { get; } = new(connection, "COMMIT");

    public PreparedStatement Rollback { get; } = new(connection, "ROLLBACK");

    /// <summary>Key in ?1 to ?7, payload in ?8, the row in the list in ?10 to ?24; nulls for none.</summary>
    public PreparedStatement InsertState { get; } = new(
        connection,
        """
        INSERT INTO orleansstorage
          (grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, grainidextensionstring, serviceid, payloadbinary, modifiedon, version,
           status, node_types, workflow_version, seq, last_received_at, changed_at,
           name, name_lower, status_normalised, phase, outcome, attention, first_received_at, standing, workflow_id)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, datetime('now'), 1, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)
        ON CONFLICT DO NOTHING
        """);

    /// <summary>Of a state that is not in the list. Key in ?1 to ?7, payload in ?8, the version that was read in ?9.</summary>
    public PreparedStatement UpdateState { get; } = new(connection, $"{SetState} {Known}");

    /// <summary>Of a state that is in the list and keeps its place in all orders but those by time of change. As before, and what changes in ?10 to ?15.</summary>
    public PreparedStatement UpdateInPlace { get; } = new(connection, $"{SetState}, {SetChange} {Known} AND workflow_id IS NOT NULL");

    /// <summary>Of a state that is in the list. As before, and its place in ?16 to ?23.</summary>
    public PreparedStatement UpdateAndMove { get; } = new(connection, $"{SetState}, {SetChange}, {SetPlace} {Known} AND workflow_id IS NOT NULL");

    /// <summary>Of a state that comes into the list. As before, and the workflow's id in ?24.</summary>
    public PreparedStatement UpdateAndList { get; } = new(connection, $"{SetState}, {SetChange}, {SetPlace}, workflow_id = ?24 {Known}");

    /// <summary>Of a state that stays as it is. Key in ?1 to ?7, how many receipts it must know of in ?8, how many there are and when the last came in ?9 and ?10.</summary>
    public PreparedStatement Hear { get; } = new(
        connection,
        $"UPDATE orleansstorage SET seq = ?9, last_received_at = ?10 WHERE rowid = (SELECT rowid FROM orleansstorage WHERE {Identity}) AND seq = ?8");

    /// <summary>As <see cref="ReadState"/>, within the transaction that writes.</summary>
    public PreparedStatement ReadStored { get; } = ReadState(connection);

    public PreparedStatement AddReceipt { get; } = new(
        connection,
        """
        INSERT INTO receipt (id, workflow_id, seq, received_at, source, effect, version, vocabulary, body, changes, kind, position)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
          CASE WHEN ?10 IS NOT NULL THEN 1 + max(h.position, coalesce((SELECT max(position) FROM receipt WHERE position IS NOT NULL), 0)) END
        FROM change_horizon h
        """);

    /// <summary>All of them.</summary>
    public IEnumerable<PreparedStatement> All =>
        [Begin, Commit, Rollback, InsertState, UpdateState, UpdateInPlace, UpdateAndMove, UpdateAndList, Hear, ReadStored, AddReceipt];

    /// <summary>Key in ?1 to ?7.</summary>
    public static PreparedStatement ReadState(SqliteConnection connection) => new(
        connection, $"SELECT payloadbinary, version, seq, last_received_at FROM orleansstorage WHERE {Identity}");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in All)
            statement.Dispose();
    }
}
