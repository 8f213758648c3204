using Microsoft.Data.Sqlite;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// The prepared commands of the connection that commits. They take their values in the order of their parameters.
/// A workflow's state and its row in the list are one row, and the columns that a command names decide which indexes
/// SQLite updates, whether their values change or not.
/// </summary>
internal sealed class SqliteStatements(SqliteConnection connection)
{
    private const string Identity =
        "grainidhash = @hash AND graintypehash = @type_hash AND grainidn0 = @n0 AND grainidn1 = @n1 "
        + "AND graintypestring = @type AND ifnull(grainidextensionstring, x'') = ifnull(@key, x'') "
        + "AND serviceid = @service_id";

    // By its rowid it is one row, whatever the planner knows. Where there may be several, SQLite keeps a copy of each
    // page in case the statement fails half-way.
    private const string OneRow = $"WHERE rowid = (SELECT rowid FROM orleansstorage WHERE {Identity})";

    private const string Known = $"{OneRow} AND version = @version";

    private const string Listed = $"{Known} AND workflow_id IS NOT NULL";

    private const string SetState =
        "UPDATE orleansstorage SET payloadbinary = @payload, modifiedon = datetime('now'), version = version + 1";

    private const string SetChange =
        "status = @status, node_types = @node_types, workflow_version = @workflow_version, seq = @seq, "
        + "last_received_at = @last_received_at, changed_at = @changed_at";

    private const string SetPlace =
        "name = @name, name_lower = @name_lower, status_normalised = @status_normalised, phase = @phase, "
        + "outcome = @outcome, attention = @attention, first_received_at = @first_received_at, standing = @standing";

    private static readonly string[] Key = ["@hash", "@type_hash", "@n0", "@n1", "@type", "@key", "@service_id"];

    private static readonly string[] State = [.. Key, "@payload", "@version"];

    private static readonly string[] Change =
        [.. State, "@status", "@node_types", "@workflow_version", "@seq", "@last_received_at", "@changed_at"];

    private static readonly string[] Place =
    [
        .. Change,
        "@name", "@name_lower", "@status_normalised", "@phase", "@outcome", "@attention", "@first_received_at",
        "@standing",
    ];

    private static readonly string[] Row = [.. Place, "@workflow_id"];

    /// <summary>A state, with its row in the list or with nulls for it.</summary>
    public SqliteCommand InsertState { get; } = connection.Prepare(
        """
        INSERT INTO orleansstorage
          (grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, grainidextensionstring, serviceid,
           payloadbinary, modifiedon, version,
           status, node_types, workflow_version, seq, last_received_at, changed_at,
           name, name_lower, status_normalised, phase, outcome, attention, first_received_at, standing, workflow_id)
        VALUES
          (@hash, @type_hash, @n0, @n1, @type, @key, @service_id, @payload, datetime('now'), 1,
           @status, @node_types, @workflow_version, @seq, @last_received_at, @changed_at,
           @name, @name_lower, @status_normalised, @phase, @outcome, @attention, @first_received_at, @standing,
           @workflow_id)
        ON CONFLICT DO NOTHING
        """,
        [.. Row.Except(["@version"])]);

    /// <summary>A state that is not in the list.</summary>
    public SqliteCommand UpdateState { get; } = connection.Prepare($"{SetState} {Known}", State);

    /// <summary>A state in the list that keeps its place in all orders but those by time of change.</summary>
    public SqliteCommand UpdateInPlace { get; } =
        connection.Prepare($"{SetState}, {SetChange} {Listed}", Change);

    /// <summary>A state in the list.</summary>
    public SqliteCommand UpdateAndMove { get; } =
        connection.Prepare($"{SetState}, {SetChange}, {SetPlace} {Listed}", Place);

    /// <summary>A state that comes into the list.</summary>
    public SqliteCommand UpdateAndList { get; } = connection.Prepare(
        $"{SetState}, {SetChange}, {SetPlace}, workflow_id = @workflow_id {Known}", Row);

    /// <summary>
    /// A state that stays as it is: how many receipts it must know of, how many there are, and when the last one came.
    /// </summary>
    public SqliteCommand Hear { get; } = connection.Prepare(
        $"UPDATE orleansstorage SET seq = @seq, last_received_at = @last_received_at {OneRow} AND seq = @known",
        [.. Key, "@known", "@seq", "@last_received_at"]);

    /// <summary>As <see cref="ReadState"/>, within the transaction that writes.</summary>
    public SqliteCommand ReadStored { get; } = ReadState(connection);

    // The changes come as bytes in UTF-8; the cast makes them a text and leaves them as they are.
    public SqliteCommand AddReceipt { get; } = connection.Prepare(
        """
        INSERT INTO receipt
          (id, workflow_id, seq, received_at, source, effect, version, vocabulary, body, kind, changes, position)
        SELECT
          @id, @workflow_id, @seq, @received_at, @source, @effect, @version, @vocabulary, @body, @kind,
          CAST(@changes AS TEXT),
          CASE WHEN @changes IS NOT NULL
          THEN 1 + max(h.position, coalesce((SELECT max(position) FROM receipt WHERE position IS NOT NULL), 0)) END
        FROM change_horizon h
        """,
        [
            "@id", "@workflow_id", "@seq", "@received_at", "@source", "@effect", "@version", "@vocabulary", "@body",
            "@kind", "@changes",
        ]);

    /// <summary>All of them.</summary>
    public IEnumerable<SqliteCommand> All =>
        [InsertState, UpdateState, UpdateInPlace, UpdateAndMove, UpdateAndList, Hear, ReadStored, AddReceipt];

    /// <summary>A state's payload and version, how many receipts it knows of, and when the last one came.</summary>
    public static SqliteCommand ReadState(SqliteConnection connection) => connection.Prepare(
        $"SELECT payloadbinary, version, seq, last_received_at FROM orleansstorage WHERE {Identity}", Key);
}
