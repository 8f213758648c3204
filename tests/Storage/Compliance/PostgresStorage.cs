using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

/// <summary>The suite on PostgreSQL.</summary>
public sealed class PostgresStorage(PostgresSilo fixture) : StorageCompliance(fixture), IClassFixture<PostgresSilo>
{
    private readonly PostgresSilo _fixture = fixture;

    /// <summary>HTTP refuses such texts; a .NET client that calls a grain itself could send one.</summary>
    [Theory]
    [InlineData('\0')]
    [InlineData('\uD83D')]
    public async Task A_text_that_PostgreSQL_does_not_take_fails_its_own_workflow_only(char odd)
    {
        await using var storage = new OneLane(_fixture.Silo);
        var ids = Enumerable.Range(0, 100).Select(static _ => Sample.Unique("text")).ToList();

        var results = await storage.CommitTogether(
            ids.Select((id, i) => Sample.Commit(id, name: i == 42 ? $"odd {odd}" : "even"))
        );

        results
            .Index()
            .Where(static result => result.Item is CommitResult.RolledBack)
            .Select(static result => result.Index)
            .ShouldBe([42]);
        results.Count(static result => result is CommitResult.Committed).ShouldBe(99);
        (
            await _fixture.Silo.Number(
                "SELECT count(*) FROM workflow WHERE workflow_id = ANY(@ids)",
                ("ids", ids.ToArray())
            )
        ).ShouldBe(99);
    }
}
