using System.Collections.Immutable;
using Orleans.Workflow.Storage.Tests.Compliance;
using Orleans.Workflow.Storage.Tests.Refolds;
using Orleans.Workflow.Storage.Tests.Upkeep;
using Orleans.Workflow.Testing.Mutants;

namespace Orleans.Workflow.Storage.Tests.Mutants;

/// <summary>The product with one mistake in what it does in the database, made on PostgreSQL and on SQLite.</summary>
/// <param name="Name">The mistake.</param>
/// <param name="Edits">Where it is made.</param>
/// <param name="Breaks">The tests that fail then, each of them.</param>
internal sealed record Mutant(string Name, ImmutableArray<SourceEdit> Edits, ImmutableArray<string> Breaks)
{
    private const string Postgres = "src/Storage/Postgres/CommitStatement.cs";
    private const string Sqlite = "src/Storage/Sqlite/SqliteStateDatabase.cs";

    /// <summary>Every mistake that the tests on real databases must notice.</summary>
    public static readonly ImmutableArray<Mutant> All =
    [
        new(
            "writes a row whatever its version is",
            [
                new(Postgres, "WHERE o.version = excluded.version - 1", "WHERE true"),
                new(
                    Sqlite,
                    "FindVersion(statements, write.Key) != commit.Version\n            || (commit.Version is null",
                    "false\n            || (commit.Version is null"
                ),
            ],
            [
                .. OnBoth(nameof(StorageCompliance.A_commit_from_before_receipts_were_removed_changes_nothing)),
                .. OnBoth(nameof(StorageCompliance.A_state_that_was_cleared_reads_as_none_and_can_be_written_again)),
            ]
        ),
        new(
            "adds the receipts of a row that it does not write",
            [
                new(Postgres, "FROM receipts r JOIN ok ON", "FROM receipts r JOIN input ok ON"),
                new(
                    Sqlite,
                    "return new CommitResult.NotNext();",
                    "AddReceipts(statements, commit, write.Columns.Changes); return new CommitResult.NotNext();"
                ),
            ],
            [.. OnBoth(nameof(StorageCompliance.Nothing_is_derived_from_a_state_that_was_not_written))]
        ),
        new(
            "continues from a row that is gone",
            [
                new(Postgres, "WHEN xmax = 0 AND version > 1", "WHEN xmax = 0 AND version < 1"),
                new(
                    Sqlite,
                    "FindVersion(statements, write.Key) != commit.Version",
                    "(FindVersion(statements, write.Key) ?? commit.Version) != commit.Version"
                ),
            ],
            [.. OnBoth(nameof(StorageCompliance.A_row_that_was_deleted_behind_its_activation_is_not_brought_back))]
        ),
        new(
            "begins a workflow again behind receipts that were removed",
            [
                new(Postgres, "b.seq > i.seq_before", "b.seq < i.seq_before"),
                new(Sqlite, "&& HasBaseline(statements, commit)", "&& commit.Receipts.IsEmpty"),
            ],
            [
                .. OnBoth(
                    nameof(
                        StorageCompliance.A_workflow_whose_row_is_gone_does_not_begin_again_once_receipts_were_removed
                    )
                ),
            ]
        ),
        new(
            "answers a known receipt as the last one of its workflow",
            [
                new(
                    Postgres,
                    "SELECT id, effect, version FROM receipt WHERE id = r.id LIMIT 1",
                    LastAnswer("k.id, l.effect, l.version", "r.id")
                ),
                new(
                    "src/Storage/Sqlite/SqliteStatements.cs",
                    "SELECT effect, version FROM receipt WHERE id = @id",
                    LastAnswer("l.effect, l.version", "@id")
                ),
            ],
            [.. OnBoth(nameof(StorageCompliance.Of_several_receipts_that_are_stored_each_has_its_first_answer))]
        ),
        new(
            "removes receipts without waiting for a writer",
            [
                new(
                    "src/Storage/Retention/SqlRetentionStore.cs",
                    "!await BaselineSql.Guard(connection, transaction, baseline.WorkflowId, cancellationToken)\n",
                    "false\n"
                ),
            ],
            // SQLite has one writer at a time.
            [
                Test<StalledCommits>(
                    nameof(StalledCommits.A_refold_that_stalls_is_waited_for_and_nothing_that_it_stands_on_is_removed)
                ),
            ]
        ),
        new(
            "removes receipts and leaves the version of the row as it was",
            [new("src/Storage/Retention/BaselineSql.cs", "SET version = version + 1", "SET version = version")],
            [
                .. OnBoth(nameof(StorageCompliance.A_commit_from_before_receipts_were_removed_changes_nothing)),
                .. OfRefold(
                    nameof(RefoldUpkeep.A_refold_whose_receipts_are_removed_before_it_is_committed_starts_over)
                ),
            ]
        ),
        new(
            "removes receipts that were folded again meanwhile",
            [new("src/Storage/Retention/BaselineSql.cs", "seq > @seq AND kind = 1", "seq > @seq AND kind = 2")],
            [.. OfRefold(nameof(RefoldUpkeep.Receipts_that_were_folded_again_since_they_were_read_are_not_removed))]
        ),
    ];

    /// <summary>What passes with every mistake: SQL that no database takes would break every test.</summary>
    public static ImmutableArray<string> Passes { get; } =
    [.. OnBoth(nameof(StorageCompliance.What_is_derived_is_written_with_the_state))];

    private static string LastAnswer(string columns, string id) =>
        $"SELECT {columns} FROM receipt k JOIN receipt l ON l.workflow_id = k.workflow_id "
        + $"WHERE k.id = {id} ORDER BY l.seq DESC LIMIT 1";

    private static string[] OnBoth(string name) => [Test<PostgresStorage>(name), Test<SqliteStorage>(name)];

    private static string[] OfRefold(string name) =>
        [Test<RefoldUpkeepOnPostgres>(name), Test<RefoldUpkeepOnSqlite>(name)];

    private static string Test<T>(string name) => $"{typeof(T).FullName}.{name}";
}
