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
        var settings = await databases.CreateAsync();
        await using var database = new MigratedDatabase(settings);
        await database.Schema.Migrate(CancellationToken.None);
        await using var dataSource = new SqliteDataSource(settings.ConnectionString);
        await using var connection = dataSource.OpenConnection();
        using var statements = new SqliteStatements(connection);
        using var readState = SqliteStatements.ReadState(connection);

        var steps = new List<string>();
        foreach (var statement in statements.All.Append(readState).Except([statements.Begin, statements.Commit, statements.Rollback]))
        {
            await using var explain = connection.CreateCommand();
            explain.CommandText = $"EXPLAIN QUERY PLAN {statement.Text}";
            foreach (var parameter in Enumerable.Range(1, 15).Where(number => statement.Text.Contains($"?{number}", StringComparison.Ordinal)))
                explain.Parameters.AddWithValue($"?{parameter}", DBNull.Value);

            await using var reader = await explain.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
                steps.Add(reader.GetString(3));
        }

        // The horizon is one row.
        var looks = steps.Where(static step => step.StartsWith("SCAN", StringComparison.Ordinal) || step.StartsWith("SEARCH", StringComparison.Ordinal)).ToList();
        looks.ShouldContain(static step => step.StartsWith("SEARCH receipt USING", StringComparison.Ordinal));
        looks.ShouldAllBe(static step => step == "SCAN h" || step.Contains(" USING ", StringComparison.Ordinal));
    }
}
