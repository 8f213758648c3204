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
    public async Task A_text_that_PostgreSQL_does_not_take_fails_its_own_grain_only(char odd)
    {
        await using var storage = new OneLane(_fixture.Silo);
        var keys = Enumerable.Range(0, 100).Select(_ => Sample.Unique("text")).ToList();
        var states = keys.Select((key, i) => Sample.State("new", Sample.Rows(key, name: i == 42 ? $"odd {odd}" : "even"))).ToList();

        var failures = await storage.WriteTogether(keys, states);

        failures.Index().Where(static failure => failure.Item is not null).Select(static failure => failure.Index).ShouldBe([42]);
        (await _fixture.Silo.Number("SELECT count(*) FROM workflow WHERE workflow_id = ANY(@keys)", ("keys", keys.ToArray()))).ShouldBe(99);
    }
}
