using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>Reads facts and their counts, in SQL that both databases understand.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
public sealed class SqlFactQueries(DbDataSource dataSource, ReadDialect dialect)
{
    /// <summary>The columns that <see cref="ReadSummary"/> reads; it is given the body.</summary>
    internal const string SummaryColumns =
        "id, kind, workflow_id, node, task_id, value, occurred_at, received_at, effect, source";

    private const string Columns = $"{SummaryColumns}, body";

    /// <summary>
    /// The condition that the workflow is not deleted: facts that come after its deletion are kept and not shown. Not
    /// an anti-join, for which PostgreSQL may read the whole table.
    /// </summary>
    internal const string IsShown =
        "coalesce((SELECT deleted FROM baseline b WHERE b.workflow_id = fact.workflow_id), 0) = 0";

    /// <summary>The counts of a workflow's facts: of each of its nodes, and of its own.</summary>
    public async Task<ImmutableArray<FactCount>> Count(string workflowId, CancellationToken cancellationToken) =>
        [
            .. await dataSource.ReadAll(
                $"SELECT {FactCountSql.Columns} FROM fact_count WHERE workflow_id = @workflow_id",
                static reader => FactCountSql.Read(reader),
                cancellationToken,
                ("workflow_id", workflowId)
            ),
        ];

    /// <summary>
    /// A page of facts, the latest first. Whether a workflow that is asked for is deleted, is for the caller to check.
    /// </summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">Where the page begins; null for the first.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<Page<FactSummary, FactPosition>> List(
        FactFilter filter,
        FactPosition? before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var hashes = await FactHashes.Load(dataSource, cancellationToken);
        var rows = await dataSource.ReadAll(
            command => WriteList(command, dialect, hashes, filter, before, limit),
            // Each body is let go of as soon as it is read: a page of them may be large.
            reader => (Fact: Read(reader).Summary, Position: reader.GetInt64(11)),
            cancellationToken
        );
        return SqlReadModel.Page(rows, limit, static row => row.Fact, static row => new FactPosition(row.Position));
    }

    /// <summary>A fact with its raw body; null if there is none.</summary>
    public Task<StoredFact?> Find(Guid receiptId, CancellationToken cancellationToken) =>
        dataSource.ReadFirst(
            $"SELECT {Columns} FROM fact WHERE id = @id AND {IsShown}",
            Read,
            cancellationToken,
            ("id", dialect.WriteId(receiptId))
        );

    /// <summary>Writes the query for a page and one more.</summary>
    internal static void WriteList(
        DbCommand command,
        ReadDialect dialect,
        FactHashes hashes,
        FactFilter filter,
        FactPosition? before,
        int limit
    )
    {
        var index = Index(filter);
        var values = string.Join(", ", index.Select(static column => $"@{column}"));
        var conditions = new List<string> { dialect.FactsBefore(string.Join(", ", index), values) };
        command.Set("before", before?.Position ?? long.MaxValue);

        // Where another index serves, this one must not: a workflow has many facts, and a person few.
        Add("workflow_id || '' = @workflow_id", "workflow_id", filter.WorkflowId);
        Add("node = @node", "node", filter.NodetaskId);
        Add("case_hash = @case_hash", "case_hash", filter.CaseId is { } id ? dialect.WriteId(hashes.OfCase(id)) : null);
        Add(
            "callee_hash = @callee_hash",
            "callee_hash",
            filter.Callee is { } callee ? dialect.WriteId(hashes.OfCallee(callee)) : null
        );
        Add("kind = @kind", "kind", (int?)filter.Kind);
        Add("value = @value", "value", filter.Value);
        Add("received_at > @received_after", "received_after", filter.ReceivedAfter?.ToUnixTimeMilliseconds());
        Add("received_at < @received_before", "received_before", filter.ReceivedBefore?.ToUnixTimeMilliseconds());
        if (filter.WorkflowId is null)
            conditions.Add(IsShown);

        command.CommandText =
            $"SELECT {Columns}, position FROM fact WHERE {string.Join(" AND ", conditions)} "
            + $"ORDER BY {string.Join(" DESC, ", index)} DESC, position DESC LIMIT @limit";
        command.Set("limit", limit + 1);

        void Add(string condition, string name, object? value)
        {
            if (value is null)
                return;

            command.Set(name, value);
            if (!index.Contains(name))
                conditions.Add(condition);
        }
    }

    /// <summary>The columns before the position in the index that leads to the facts.</summary>
    private static string[] Index(FactFilter filter) =>
        filter switch
        {
            { CaseId: not null } => ["case_hash"],
            { Callee: not null } => ["callee_hash"],
            { WorkflowId: null } => throw new ArgumentException("No index leads to these facts.", nameof(filter)),
            { NodetaskId: not null } => ["workflow_id", "node"],
            _ => ["workflow_id"],
        };

    private StoredFact Read(DbDataReader reader)
    {
        var body = reader.GetFieldValue<byte[]>(10);
        return new StoredFact(ReadSummary(reader, 0, dialect, body), body);
    }

    /// <summary>Reads <see cref="SummaryColumns"/>. Who a fact is about is in its body alone.</summary>
    internal static FactSummary ReadSummary(DbDataReader reader, int first, ReadDialect dialect, byte[] body)
    {
        var kind = (FactKind)reader.GetInt32(first + 1);
        var (read, _) = FactReader.Read(kind, body);
        return new FactSummary(
            dialect.ReadId(reader, first),
            kind,
            NotEmpty(reader.GetString(first + 2)),
            NotEmpty(reader.GetString(first + 3)),
            reader.Text(first + 4),
            read?.CaseId,
            read?.Callee,
            reader.Text(first + 5),
            reader.IsDBNull(first + 6) ? null : reader.Time(first + 6),
            reader.Time(first + 7),
            (ReceiptEffect)reader.GetInt32(first + 8),
            reader.GetString(first + 9)
        );
    }

    private static string? NotEmpty(string text) => text.Length == 0 ? null : text;
}
