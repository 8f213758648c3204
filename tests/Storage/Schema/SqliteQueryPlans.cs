using Microsoft.Data.Sqlite;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Sqlite;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Schema;

/// <summary>How SQLite goes about the statements of the commit and of an activation.</summary>
public sealed class SqliteQueryPlans
{
    /// <summary>The highest position was once looked for from end to end, at each receipt.</summary>
    [Fact]
    public async Task No_statement_of_the_commit_reads_a_table_from_end_to_end()
    {
        using var databases = new SqliteDatabases();
        await using var connection = await Migrated(databases);
        var statements = new SqliteStatements(connection);
        using var readState = SqliteStatements.ReadState(connection);

        var steps = new List<string>();
        foreach (var statement in statements.All.Append(readState))
        {
            steps.AddRange(Plan(connection, command =>
                {
                    command.CommandText = statement.CommandText;
                    foreach (SqliteParameter parameter in statement.Parameters)
                        command.Parameters.AddWithValue(parameter.ParameterName, DBNull.Value);
                }));
        }

        // The horizon is one row.
        var looks = steps
            .Where(static step =>
                step.StartsWith("SCAN", StringComparison.Ordinal) || step.StartsWith("SEARCH", StringComparison.Ordinal)
            )
            .ToList();
        looks.ShouldContain(static step => step.StartsWith("SEARCH receipt USING", StringComparison.Ordinal));
        looks.ShouldAllBe(static step => step == "SCAN h" || step.Contains(" USING ", StringComparison.Ordinal));
    }

    /// <summary>No scan of the table, whose rows hold the states, and no sort of more than the merged rows.</summary>
    [Fact]
    public async Task Every_page_goes_along_an_index_and_workflows_are_counted_from_one()
    {
        using var databases = new SqliteDatabases();
        await using var connection = await Migrated(databases);

        foreach (
            var group in (WorkflowGroup[])
                [new(2, "running"), new(2, string.Empty), new(2, "dialling", OfUnrecognised: true)]
        )
        {
            foreach (var sort in Enum.GetValues<WorkflowSort>())
            {
                foreach (var after in (WorkflowPosition?[])[null, new(sort == WorkflowSort.Name ? "b" : 1L, "w")])
                {
                    var steps = Plan(connection, command =>
                        WorkflowSql.List(command, ReadDialect.Sqlite, new(), sort, [group], null, after, 100)
                    );
                    steps[0]
                        .ShouldMatch(
                            group.OfUnrecognised
                                ? "^SEARCH orleansstorage USING .*INDEX workflow_unrecognised_by_.*"
                                    + "status_normalised=. AND state_code=."
                                : "^SEARCH orleansstorage USING .*INDEX workflow_by_.*state_code=. AND word=."
                        );
                    steps.ShouldNotContain(static step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
                }
            }
        }

        foreach (var phase in (WorkflowPhase?[])[null, WorkflowPhase.Active])
        {
            var filter = new WorkflowFilter { Attention = AttentionReason.UnfinishedTasks, Phase = phase };
            Plan(connection, command =>
                    WorkflowSql.List(command, ReadDialect.Sqlite, filter, WorkflowSort.ChangedAt, null, null, null, 100)
                )
                .ShouldBe(["SCAN orleansstorage USING INDEX workflow_unfinished_tasks_by_changed_at"]);
        }

        Plan(connection, static command =>
                WorkflowSql.Count(command, ReadDialect.Sqlite, new(), WorkflowGrouping.Status, 1000, null)
            )
            .ShouldContain(static step => step.Contains("COVERING INDEX", StringComparison.Ordinal));
        var find = Plan(connection, static command => command.CommandText = WorkflowGroup.Find([0, 2]));
        find.Count(static step =>
                step.StartsWith("SEARCH orleansstorage USING COVERING INDEX workflow_by_", StringComparison.Ordinal)
            )
            .ShouldBe(2);
        find.ShouldNotContain(static step =>
            step.Contains("SCAN orleansstorage", StringComparison.Ordinal)
            || step.Contains("TEMP B-TREE", StringComparison.Ordinal)
        );
    }

    /// <summary>A person's facts by their own index, even those of one workflow, which may have a million.</summary>
    [Theory]
    [MemberData(nameof(FactIndexes))]
    public async Task Every_page_of_facts_goes_along_its_index(FactFilter filter, string index)
    {
        using var databases = new SqliteDatabases();
        await using var connection = await Migrated(databases);

        foreach (var before in (FactPosition?[])[null, new(1)])
        {
            var steps = Plan(connection, command =>
                SqlFactQueries.WriteList(command, ReadDialect.Sqlite, new FactHashes([1]), filter, before, 100)
            );
            steps[0].ShouldMatch($@"^SEARCH fact USING INDEX {index} \(.*=\? AND position<\?\)$");
            steps.ShouldNotContain(static step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        }
    }

    /// <summary>Filters of facts, and the indexes that serve them.</summary>
    public static TheoryData<FactFilter, string> FactIndexes =>
        new()
        {
            {
                new FactFilter { WorkflowId = "w" },
                "fact_by_workflow"
            },
            {
                new FactFilter
                {
                    WorkflowId = "w",
                    Kind = FactKind.Dialer,
                    Value = "2",
                },
                "fact_by_workflow"
            },
            {
                new FactFilter { WorkflowId = "w", NodetaskId = "n" },
                "fact_by_node"
            },
            {
                new FactFilter { CaseId = "c" },
                "fact_by_case"
            },
            {
                new FactFilter { Callee = "1" },
                "fact_by_callee"
            },
            {
                new FactFilter { WorkflowId = "w", CaseId = "c" },
                "fact_by_case"
            },
            {
                new FactFilter
                {
                    WorkflowId = "w",
                    NodetaskId = "n",
                    Callee = "1",
                },
                "fact_by_callee"
            },
        };

    private static async Task<SqliteConnection> Migrated(SqliteDatabases databases)
    {
        var settings = await databases.CreateAsync();
        await using var database = new MigratedDatabase(settings);
        await database.Schema.Migrate(CancellationToken.None);
        return new SqliteDataSource(settings.ConnectionString).OpenConnection();
    }

    private static List<string> Plan(SqliteConnection connection, Action<SqliteCommand> write)
    {
        using var command = connection.CreateCommand();
        write(command);
        command.CommandText = $"EXPLAIN QUERY PLAN {command.CommandText}";
        using var reader = command.ExecuteReader();
        var steps = new List<string>();
        while (reader.Read())
            steps.Add(reader.GetString(3));

        return steps;
    }
}
