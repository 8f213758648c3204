using System.Data.Common;
using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Queries;

/// <summary>
/// Reads what was derived from the workflows' states, in SQL that both databases understand. Sees a state's rows all or
/// none.
/// </summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
public sealed class SqlReadModel(DbDataSource dataSource, ReadDialect dialect)
{
    /// <summary>The columns that <see cref="ReadReceipt"/> reads.</summary>
    internal const string SummaryColumns =
        "id, workflow_id, seq, received_at, source, effect, version, vocabulary, kind";

    /// <summary>
    /// Up to how many names that begin alike are looked up and their workflows sorted, in each group. Of more, one in
    /// so many workflows has one, so that along the order a page is full before many others are passed: each of the two
    /// is cheap where the other is dear.
    /// </summary>
    internal int MaxSorted { get; init; } = 2_000;

    /// <summary>As <see cref="WorkflowCounts.MaxCountedByName"/>.</summary>
    internal int MaxCountedByName { get; init; } = WorkflowCounts.MaxCountedByName;

    /// <summary>A page of workflows.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="sort">In which order.</param>
    /// <param name="after">Where the page begins; null for the first.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public Task<Page<WorkflowSummary, WorkflowPosition>> ListWorkflows(
        WorkflowFilter filter,
        WorkflowSort sort,
        WorkflowPosition? after,
        int limit,
        CancellationToken cancellationToken
    ) => ListWorkflows(filter, sort, after, backwards: false, limit, cancellationToken);

    /// <summary>The page of workflows that ends before a place.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="sort">In which order.</param>
    /// <param name="before">Where the page ends.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The page in its order; its <c>Next</c> is where the page before it ends, or null.</returns>
    public async Task<Page<WorkflowSummary, WorkflowPosition>> ListWorkflowsBefore(
        WorkflowFilter filter,
        WorkflowSort sort,
        WorkflowPosition before,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var page = await ListWorkflows(filter, sort, before, backwards: true, limit, cancellationToken);
        return page with { Items = [.. page.Items.Reverse()] };
    }

    /// <summary>
    /// The workflows that have a text within their name or id, in any case, among the latest that meet a filter. It
    /// reads so many along the order and no more, so that it costs the same however many there are (ADR 0050).
    /// </summary>
    /// <param name="filter">Which.</param>
    /// <param name="text">The text.</param>
    /// <param name="latest">Among how many of those that changed last.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task<IReadOnlyList<WorkflowSummary>> SearchLatest(
        WorkflowFilter filter,
        string text,
        int latest,
        int limit,
        CancellationToken cancellationToken
    )
    {
        const WorkflowSort Sort = WorkflowSort.ChangedAtDescending;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await dialect.BeginSnapshot(connection, cancellationToken);
        var groups = WorkflowSql.AsksForGroups(filter, Sort)
            ? WorkflowGroup.Of(filter)
                ?? await Read(
                    command => command.CommandText = WorkflowGroup.Find(StateCodes.Of(filter)),
                    WorkflowGroup.Read
                )
            : null;
        return groups is []
            ? []
            : await Read(
                command => WorkflowSql.Search(command, dialect, filter, groups, text, latest, limit),
                static reader => WorkflowColumns.ReadSummary(reader)
            );

        async Task<List<T>> Read<T>(Action<DbCommand> write, Func<DbDataReader, T> read)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = snapshot;
            write(command);
            return await command.ReadAll(read, cancellationToken);
        }
    }

    /// <summary>The place of a workflow in an order.</summary>
    public static WorkflowPosition PositionOf(WorkflowSummary workflow, WorkflowSort sort)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        return new WorkflowPosition(
            sort switch
            {
                WorkflowSort.Name => WorkflowColumns.NameLower(workflow.WorkflowName),
                WorkflowSort.FirstReceivedAt => workflow.FirstReceivedAt.ToUnixTimeMilliseconds(),
                _ => workflow.LastChangedAt.ToUnixTimeMilliseconds(),
            },
            workflow.WorkflowId
        );
    }

    private async Task<Page<WorkflowSummary, WorkflowPosition>> ListWorkflows(
        WorkflowFilter filter,
        WorkflowSort sort,
        WorkflowPosition? after,
        bool backwards,
        int limit,
        CancellationToken cancellationToken
    )
    {
        // In one snapshot: a workflow that moves between groups meanwhile must not be missed.
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await dialect.BeginSnapshot(connection, cancellationToken);
        var groups = WorkflowSql.AsksForGroups(filter, sort)
            ? WorkflowGroup.Of(filter)
                ?? await Read(
                    command => command.CommandText = WorkflowGroup.Find(StateCodes.Of(filter)),
                    WorkflowGroup.Read
                )
            : null;
        Dictionary<WorkflowGroup, bool>? few = null;
        if (groups is { Count: > 0 } && WorkflowSql.AsksForNames(filter, sort))
        {
            var counts = await Read(
                command => WorkflowSql.CountNames(command, filter, groups, MaxSorted + 1),
                static reader => (reader.GetInt32(0), reader.GetInt64(1))
            );
            few = Few(groups, counts, MaxSorted);
            groups = [.. few.Keys];
        }

        var rows = groups is []
            ? []
            : await Read(
                command => WorkflowSql.List(command, dialect, filter, sort, groups, few, after, limit, backwards),
                static reader => (Workflow: WorkflowColumns.ReadSummary(reader), Value: reader.GetValue(11))
            );
        return Page(
            rows,
            limit,
            static row => row.Workflow,
            static row => new WorkflowPosition(row.Value, row.Workflow.WorkflowId)
        );

        async Task<List<T>> Read<T>(Action<DbCommand> write, Func<DbDataReader, T> read)
        {
            await using var command = connection.CreateCommand();
            command.Transaction = snapshot;
            write(command);
            return await command.ReadAll(read, cancellationToken);
        }
    }

    /// <summary>Counts workflows, the largest group first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="grouping">By what.</param>
    /// <param name="limit">How many groups at most.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>
    /// Null if they are counted by name and are more than <see cref="WorkflowCounts.MaxCountedByName"/>.
    /// </returns>
    public async Task<WorkflowCounts?> CountWorkflows(
        WorkflowFilter filter,
        WorkflowGrouping grouping,
        int limit,
        CancellationToken cancellationToken
    )
    {
        Func<DbDataReader, string?> key = grouping switch
        {
            WorkflowGrouping.Phase => static reader => Word(reader.Enum<WorkflowPhase>(0)),
            WorkflowGrouping.Outcome => static reader => Word(reader.Enum<WorkflowOutcome>(0)),
            _ => static reader => reader.Text(0),
        };
        int? max = grouping == WorkflowGrouping.Name ? MaxCountedByName : null;
        var rows = await dataSource.ReadWhole(
            dialect.ReadingWhole,
            command => WorkflowSql.Count(command, dialect, filter, grouping, limit, max),
            reader =>
                (
                    Group: new WorkflowCount(key(reader), reader.GetInt64(1)),
                    Total: reader.GetInt64(2),
                    Groups: reader.GetInt64(3)
                ),
            cancellationToken
        );
        if (rows.Count == 0)
            return WorkflowCounts.None;

        return rows[0].Total > max
            ? null
            : new WorkflowCounts(rows[0].Total, rows[0].Groups, [.. rows.Select(static row => row.Group)]);

        static string? Word<T>(T? value)
            where T : struct, Enum =>
            value is { } known ? JsonNamingPolicy.SnakeCaseLower.ConvertName(known.ToString()) : null;
    }

    /// <summary>
    /// Since when nothing was received about the workflow that has been silent longest of those that have not ended;
    /// null if all have.
    /// </summary>
    /// <remarks>
    /// It is most likely among those that changed longest ago. A workflow never changes later than its last receipt, so
    /// each round asks for earlier changes only.
    /// </remarks>
    public async Task<DateTimeOffset?> FindOldestSilence(CancellationToken cancellationToken)
    {
        const int Few = 100;
        DateTimeOffset? oldest = null;
        while (true)
        {
            var filter = new WorkflowFilter { SilentSince = oldest ?? DateTimeOffset.MaxValue };
            var page = await ListWorkflows(filter, WorkflowSort.ChangedAt, null, Few, cancellationToken);
            if (page.Items.IsEmpty)
                return oldest;

            oldest = page.Items.Min(static workflow => workflow.LastReceivedAt);
        }
    }

    /// <summary>A page of a workflow's receipts, ascending by sequence number.</summary>
    public async Task<Page<ReceiptSummary, ReceiptPosition>> ListReceipts(
        string workflowId,
        ReceiptPosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var rows = await dataSource.ReadAll(
            $"SELECT {SummaryColumns} FROM receipt WHERE workflow_id = @workflow_id AND seq > @after ORDER BY "
                + "seq LIMIT @limit",
            reader => ReadReceipt(reader, dialect),
            cancellationToken,
            ("workflow_id", workflowId),
            ("after", after?.Seq ?? 0L),
            ("limit", limit + 1)
        );
        return Page(rows, limit, static row => row, static row => new ReceiptPosition(row.Seq));
    }

    /// <summary>A receipt with its raw body; null if there is none.</summary>
    public Task<StoredReceipt?> FindReceipt(Guid receiptId, CancellationToken cancellationToken) =>
        dataSource.ReadFirst(
            $"SELECT {SummaryColumns}, body FROM receipt WHERE id = @id",
            reader => new StoredReceipt(ReadReceipt(reader, dialect), reader.GetFieldValue<byte[]>(9)),
            cancellationToken,
            ("id", dialect.WriteId(receiptId))
        );

    /// <summary>A page of a workflow's transitions, oldest first.</summary>
    public async Task<Page<TransitionSummary, TransitionPosition>> ListTransitions(
        string workflowId,
        TransitionPosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT {ReceiptColumns.Transitions} FROM receipt r
            WHERE workflow_id = @workflow_id AND seq >= @seq AND changes IS NOT NULL
            ORDER BY seq LIMIT @limit
            """;
        command.Set("workflow_id", workflowId);
        command.Set("seq", after?.Seq ?? 0L);
        command.Set("limit", limit + 2);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);

        // A row holds at least one transition, so these are enough; it may hold thousands, so no more are read than are
        // shown.
        var rows = new List<TransitionSummary>();
        while (rows.Count <= limit && await reader.ReadAsync(cancellationToken))
            rows.AddRange(
                ReceiptColumns
                    .ReadTransitions(reader, dialect)
                    .Where(row => after is null || row.Seq > after.Seq || row.Ordinal > after.Ordinal)
            );

        return Page(rows, limit, static row => row, static row => new TransitionPosition(row.Seq, row.Ordinal));
    }

    /// <summary>What was removed of a workflow's receipts; null if nothing was.</summary>
    public Task<ReceiptHorizon?> FindHorizon(string workflowId, CancellationToken cancellationToken) =>
        dataSource.ReadFirst(
            "SELECT seq, version, removed_through, deleted FROM baseline WHERE workflow_id = @workflow_id",
            static reader => new ReceiptHorizon(
                reader.GetInt64(0),
                reader.GetInt64(1),
                reader.Time(2),
                reader.GetInt32(3) != 0
            ),
            cancellationToken,
            ("workflow_id", workflowId)
        );

    /// <summary>The latest time of receipt among all receipts that were removed; null if none were.</summary>
    public Task<DateTimeOffset?> FindRemovedThrough(CancellationToken cancellationToken) =>
        dataSource.ReadFirst(
            "SELECT removed_through FROM baseline ORDER BY removed_through DESC LIMIT 1",
            static reader => (DateTimeOffset?)reader.Time(0),
            cancellationToken
        );

    /// <summary>Fails if the database does not answer.</summary>
    public Task Ping(CancellationToken cancellationToken) =>
        dataSource.ReadAll("SELECT 1", static reader => reader.GetValue(0), cancellationToken);

    /// <summary>
    /// What <see cref="WorkflowSql.List"/> needs of the counts of <see cref="WorkflowSql.CountNames"/>.
    /// </summary>
    internal static Dictionary<WorkflowGroup, bool> Few(
        IReadOnlyList<WorkflowGroup> groups,
        IEnumerable<(int Number, long Count)> counts,
        int maxSorted
    ) => counts.Where(static of => of.Count > 0).ToDictionary(of => groups[of.Number], of => of.Count <= maxSorted);

    /// <summary>A page, from its rows and one more if there are more.</summary>
    internal static Page<TItem, TPosition> Page<TRow, TItem, TPosition>(
        List<TRow> rows,
        int limit,
        Func<TRow, TItem> item,
        Func<TRow, TPosition> position
    )
        where TPosition : class =>
        rows.Count <= limit
            ? new Page<TItem, TPosition>([.. rows.Select(item)], null)
            : new Page<TItem, TPosition>([.. rows.Take(limit).Select(item)], position(rows[limit - 1]));

    /// <summary>Reads <see cref="SummaryColumns"/>.</summary>
    internal static ReceiptSummary ReadReceipt(DbDataReader reader, ReadDialect dialect) =>
        new(
            dialect.ReadId(reader, 0),
            reader.GetString(1),
            reader.GetInt64(2),
            reader.Time(3),
            reader.GetString(4),
            (ReceiptEffect)reader.GetInt32(5),
            reader.GetInt64(6),
            reader.GetString(7),
            (ReceiptKind)reader.GetInt32(8)
        );
}
