using System.Collections.Immutable;
using System.Data.Common;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Operators;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Vocabularies;

/// <summary>The refolds of all workflows in a table, in SQL that both databases understand.</summary>
/// <param name="dataSource">The database.</param>
/// <param name="dialect">Where it differs.</param>
internal sealed class SqlRefoldJobs(DbDataSource dataSource, ReadDialect dialect) : IRefoldJobs
{
    private const string Columns = "id, vocabulary, started_at, finished_at, position, total, done, failed";

    // The last two columns were a lease of one silo, which builds before the leader lock still look at.
    // A second one, even at the same moment, meets the index that lets only one be under way.
    private const string Insert = """
        INSERT INTO refold_job (
          id, vocabulary, started_at, finished_at, position, total, done, failed, owner, lease_until)
        SELECT @id, @vocabulary, @started_at, NULL, '', (SELECT count(*) FROM workflow), 0, 0, NULL, 0
        WHERE true
        ON CONFLICT DO NOTHING
        """;

    /// <inheritdoc/>
    public async Task<RefoldJob> Begin(string vocabulary, OperatorAction action, CancellationToken cancellationToken)
    {
        var now = action.At.ToUnixTimeMilliseconds();
        await dataSource.Transact(
            async transaction =>
            {
                // One for a vocabulary that is not in force any more would never finish.
                await transaction.Execute(
                    "UPDATE refold_job SET finished_at = @now WHERE finished_at IS NULL AND vocabulary <> @vocabulary",
                    cancellationToken,
                    ("now", now),
                    ("vocabulary", vocabulary)
                );
                var isNew = await transaction.Execute(
                    Insert,
                    cancellationToken,
                    ("id", dialect.WriteId(action.Id)),
                    ("vocabulary", vocabulary),
                    ("started_at", now)
                );
                await SqlOperatorLog.Add(
                    transaction,
                    dialect,
                    action with
                    {
                        Result = isNew == 1 ? "begun" : "one is under way",
                    },
                    cancellationToken
                );
                return isNew;
            },
            cancellationToken
        );
        return (await FindLatest(cancellationToken))!;
    }

    /// <inheritdoc/>
    public Task<RefoldJob?> FindLatest(CancellationToken cancellationToken) =>
        dataSource.ReadFirst(
            $"SELECT {Columns} FROM refold_job ORDER BY (finished_at IS NULL) DESC, id DESC LIMIT 1",
            Read,
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<RefoldCounts> Count(Guid id, CancellationToken cancellationToken) =>
        dataSource.ReadFirst(
            "SELECT count(*), count(changes) FROM receipt WHERE kind = 1 AND source = @job",
            static reader => new RefoldCounts(reader.GetInt64(0), reader.GetInt64(1)),
            cancellationToken,
            ("job", id.ToString())
        )!;

    /// <inheritdoc/>
    public async Task<bool> Advance(RefoldJob before, RefoldJob after, CancellationToken cancellationToken) =>
        await dataSource.Execute(
            """
            UPDATE refold_job SET
              finished_at = nullif(@finished_at, 0), position = @position, done = @done, failed = @failed
            WHERE id = @id AND position = @position_before AND finished_at IS NULL
            """,
            cancellationToken,
            ("id", dialect.WriteId(before.Id)),
            ("position_before", before.Position),
            ("position", after.Position),
            ("done", after.Done),
            ("failed", after.Failed),
            ("finished_at", after.FinishedAt ?? 0L)
        ) == 1;

    /// <inheritdoc/>
    public async Task<ImmutableArray<string>> ListWorkflows(
        string after,
        int limit,
        CancellationToken cancellationToken
    ) =>
        [
            .. await dataSource.ReadAll(
                "SELECT workflow_id FROM workflow WHERE key > @after ORDER BY key LIMIT @limit",
                static reader => reader.GetString(0),
                cancellationToken,
                ("after", GrainKeys.WorkflowPrefix + after),
                ("limit", limit)
            ),
        ];

    private RefoldJob Read(DbDataReader reader) =>
        new(
            dialect.ReadId(reader, 0),
            reader.GetString(1),
            reader.GetInt64(2),
            reader.Number(3),
            reader.GetString(4),
            reader.GetInt64(5),
            reader.GetInt64(6),
            reader.GetInt64(7)
        );
}
