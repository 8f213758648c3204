using System.Data.Common;
using System.Text;
using Npgsql;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Postgres;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Schema;

/// <summary>
/// How PostgreSQL goes about the pages of the list once the tables are large, in the sessions of the product.
/// </summary>
public sealed class PostgresQueryPlans(PostgresDatabases databases)
{
    private const string Fill = """
        INSERT INTO orleansstorage
          (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid,
           modifiedon, version,
           seq, last_received_at, state_code, attention, word, first_received_at, changed_at, workflow_version,
           name, name_lower, status, status_normalised, node_types, payloadbinary)
        SELECT
          i, 0, 0, 1, 'workflow', 'wf/w' || i, 's', now(), 1,
          1, 1800000000000 + i, state_code,
          CASE WHEN i % 20 = 0 THEN 2 ELSE 0 END + CASE WHEN i % 7 = 6 THEN 4 ELSE 0 END,
          CASE WHEN i % 7 = 6 THEN '' ELSE status END, 1800000000000 + i, 1800000000000 + i, 1,
          name, name, status, status, '["call"]', '{}'
        FROM generate_series(1, 60000) AS i
        CROSS JOIN LATERAL (
          SELECT CASE WHEN i % 300 = 0 THEN 'rare ' WHEN i % 3 = 0 THEN 'spring ' ELSE 'autumn ' END || i AS name) AS n
        CROSS JOIN LATERAL (
          SELECT CASE WHEN i % 14 = 6 THEN 'dialling' WHEN i % 7 = 6 THEN 'in progress ' || i || ' of many'
                      WHEN i % 10 = 0 THEN 'failed' WHEN i % 10 < 3 THEN 'running' ELSE 'finished' END AS status,
                 CASE WHEN i % 7 = 6 THEN 2 WHEN i % 10 = 0 THEN 5 WHEN i % 10 < 3 THEN 2 ELSE 3 END AS state_code
        ) AS s;
        ANALYZE orleansstorage
        """;

    // Two workflows of three have most of the facts, as campaigns do that run at the same time.
    private const string FillFacts = """
        INSERT INTO fact (id, workflow_id, node, kind, effect, variant, received_at, source, value, case_hash,
          callee_hash, body)
        SELECT
          gen_random_uuid(), CASE WHEN i < 1000 THEN 'w' WHEN i % 2 = 0 THEN 'w1' ELSE 'w2' END,
          CASE WHEN i % 3 = 0 THEN 'n' ELSE 'n' || i % 7 END, i % 6, 4, gen_random_uuid(), 1800000000000 + i, 's',
          i % 12, gen_random_uuid(), gen_random_uuid(), '{}'
        FROM generate_series(1, 60000) AS i;
        ANALYZE fact
        """;

    private const string Explain =
        "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_level = notice; SET "
        + "client_min_messages = notice";

    /// <summary>A status that one workflow has: a sender made it up, as it did thousands of others.</summary>
    private const string MadeUp = "in progress 13 of many";

    private static readonly WorkflowFilter[] Filters =
    [
        new() { Status = MadeUp },
        new() { Status = MadeUp, Attention = AttentionReason.UnrecognisedStatus },
        new(),
        new() { Phase = WorkflowPhase.Ended },
        new() { Phase = WorkflowPhase.Active },
        new() { Status = "finished" },
        new() { Outcome = WorkflowOutcome.Failed },
        new() { Status = "dialling" },
        new() { Attention = AttentionReason.UnfinishedTasks },
        new() { Attention = AttentionReason.UnrecognisedStatus },
        new() { Attention = AttentionReason.UnrecognisedStatus, Status = "dialling" },
        new() { NodeType = "call" },
        new() { NamePrefix = "spring" },
        new() { NamePrefix = "Rare" },
    ];

    /// <summary>
    /// A plan with workers once took a quarter of a second for a page of five milliseconds, another sorted all that had
    /// a name.
    /// </summary>
    [Fact]
    public async Task Every_page_goes_along_an_index_starts_no_workers_and_sorts_few()
    {
        var settings = await databases.CreateAsync();
        await using var database = new MigratedDatabase(settings);
        await database.Schema.Migrate(CancellationToken.None);
        await using var dataSource = PostgresDataSource.Create(settings);
        await using var connection = await dataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await Read(connection, static command => (command.CommandText, command.CommandTimeout) = (Fill, 0));
        await Read(connection, static command => command.CommandText = Explain);
        var plans = new StringBuilder();
        connection.Notice += (_, notice) => plans.AppendLine(notice.Notice.MessageText);

        foreach (var sort in Enum.GetValues<WorkflowSort>())
        {
            foreach (var filter in Filters)
            {
                var middle = new WorkflowPosition(
                    sort == WorkflowSort.Name ? filter.NamePrefix?.ToLowerInvariant() ?? "b" : 1_800_000_030_000L,
                    "w30000"
                );
                foreach (var after in (WorkflowPosition?[])[null, middle])
                {
                    // Its plan, without the values, is made when a statement comes again and is prepared.
                    for (var time = 0; time < 3; time++)
                        plans
                            .Clear()
                            .AppendLine($"{sort} {filter}")
                            .AppendLine(await List(connection, filter, sort, after));

                    var plan = plans.ToString();
                    plan.ShouldContain("Query Text");
                    plan.ShouldNotContain("Gather");
                    plan.ShouldNotContain("Seq Scan");
                    plan.ShouldNotContain("Bitmap");
                    if (filter.NamePrefix != "Rare" || sort == WorkflowSort.Name)
                        plan.ShouldNotContain("Sort  (");
                }
            }
        }
    }

    /// <summary>
    /// Not along the primary key, though it has the order too: a workflow whose facts are old is far behind in it.
    /// </summary>
    [Fact]
    public async Task Every_page_of_facts_goes_along_its_index()
    {
        var settings = await databases.CreateAsync();
        await using var database = new MigratedDatabase(settings);
        await database.Schema.Migrate(CancellationToken.None);
        await using var dataSource = PostgresDataSource.Create(settings);
        await using var connection = await dataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await Read(connection, static command => (command.CommandText, command.CommandTimeout) = (FillFacts, 0));
        await Read(connection, static command => command.CommandText = Explain);
        var plans = new StringBuilder();
        connection.Notice += (_, notice) => plans.AppendLine(notice.Notice.MessageText);

        foreach (var (filter, index) in SqliteQueryPlans.FactIndexes.Select(static row => row.Data))
        {
            foreach (var before in (FactPosition?[])[null, new(30_000)])
            {
                // Its plan, without the values, is made when a statement comes again and is prepared.
                for (var time = 0; time < 8; time++)
                {
                    plans.Clear();
                    await Read(connection, command =>
                        SqlFactQueries.WriteList(
                            command,
                            ReadDialect.Postgres,
                            new FactHashes([1]),
                            filter,
                            before,
                            limit: 100
                        )
                    );
                    plans.ToString().ShouldContain("Query Text");
                    plans.ToString().ShouldMatch($@"Index Scan( Backward)? using {index} on");
                    plans.ToString().ShouldNotContain("Sort  (");
                }
            }
        }
    }

    /// <summary>Of a workflow with a sixtieth of all facts, and of one with half of them.</summary>
    [Theory]
    [InlineData("w")]
    [InlineData("w1")]
    public async Task Entries_of_a_list_are_counted_along_the_index_of_its_workflow(string workflowId)
    {
        var settings = await databases.CreateAsync();
        await using var database = new MigratedDatabase(settings);
        await database.Schema.Migrate(CancellationToken.None);
        await using var dataSource = PostgresDataSource.Create(settings);
        await using var connection = await dataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await Read(connection, static command => (command.CommandText, command.CommandTimeout) = (FillFacts, 0));
        await Read(connection, static command => command.CommandText = Explain);
        var plans = new StringBuilder();
        connection.Notice += (_, notice) => plans.AppendLine(notice.Notice.MessageText);

        for (var time = 0; time < 8; time++)
        {
            plans.Clear();
            await Read(connection, command => ConsoleQueries.WriteEntries(command, workflowId));
            plans.ToString().ShouldMatch("Index Scan( Backward)? using fact_by_(workflow|node) on");
            plans.ToString().ShouldNotContain("Gather");
        }
    }

    private static async Task<string> List(
        NpgsqlConnection connection,
        WorkflowFilter filter,
        WorkflowSort sort,
        WorkflowPosition? after
    )
    {
        const int maxSorted = 200;
        var groups = WorkflowSql.AsksForGroups(filter, sort)
            ? WorkflowGroup.Of(filter)
                ??
                [
                    .. (
                        await Read(connection, command =>
                            command.CommandText = WorkflowGroup.Find(StateCodes.Of(filter))
                        )
                    ).Select(static row => new WorkflowGroup((int)row[0], (string)row[1])),
                ]
            : null;
        Dictionary<WorkflowGroup, bool>? few = null;
        if (WorkflowSql.AsksForNames(filter, sort))
        {
            var counts = await Read(connection, command =>
                WorkflowSql.CountNames(command, filter, groups!, maxSorted + 1)
            );
            few = SqlReadModel.Few(groups!, counts.Select(static row => ((int)row[0], (long)row[1])), maxSorted);
            groups = [.. few.Keys];
        }

        var rows = await Read(connection, command =>
            WorkflowSql.List(command, ReadDialect.Postgres, filter, sort, groups, few, after, limit: 100)
        );
        if (filter.Status == MadeUp)
            rows.Count.ShouldBe(after is null || sort == WorkflowSort.ChangedAtDescending ? 1 : 0);
        else
            rows.Count.ShouldBeGreaterThan(90);

        return $"{rows.Count} rows";
    }

    private static async Task<List<object[]>> Read(NpgsqlConnection connection, Action<DbCommand> write)
    {
        await using var command = connection.CreateCommand();
        write(command);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<object[]>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            rows.Add(new object[reader.FieldCount]);
            reader.GetValues(rows[^1]);
        }

        return rows;
    }
}
