using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>A PostgreSQL that takes half a second for each commit, however large.</summary>
public sealed class SlowCommits(PostgresDatabases databases, ITestOutputHelper output)
{
    private const int Workflows = 4000;

    [Fact]
    public async Task Notifications_of_thousands_of_workflows_are_acknowledged_before_their_callers_give_up()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await silo.Execute(
            """
            CREATE FUNCTION wait_for_commit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END';
            CREATE TRIGGER wait_for_commit AFTER INSERT ON receipt FOR EACH STATEMENT EXECUTE FUNCTION wait_for_commit();
            SELECT 0
            """);

        var calls = Enumerable.Range(0, Workflows).Select(number => silo.Workflow($"w{number}").Receive(Receipts.Of($"w{number}", "running"))).ToList();
        await Task.WhenAll(calls).InTime();

        output.WriteLine($"batches of {string.Join(", ", silo.Control.Batches.Select(static batch => batch.Count))}");
        (await silo.Number("SELECT count(*) FROM receipt")).ShouldBe(Workflows);
    }
}
