using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Connections;

/// <summary>A PostgreSQL that takes half a second for each commit.</summary>
public sealed class SlowCommits(PostgresDatabases databases, ITestOutputHelper output)
{
    /// <summary>So few that the machine hardly counts, and 19 batches if these did not grow: 9.5 s.</summary>
    private const int Workflows = 300;

    [Fact]
    public async Task Notifications_of_many_workflows_are_acknowledged_before_their_callers_give_up()
    {
        var settings = await databases.CreateAsync();
        await using var silo = await SiloUnderTest.StartAsync(settings with { MaxBatch = 16 });
        await Task.WhenAll(Enumerable.Range(0, Workflows).Select(number => Receive(silo, $"before {number}"))).InTime();
        await silo.Execute(
            """
            CREATE FUNCTION wait_for_commit() RETURNS trigger LANGUAGE plpgsql
              AS 'BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END';
            CREATE TRIGGER wait_for_commit AFTER INSERT ON receipt
              FOR EACH STATEMENT EXECUTE FUNCTION wait_for_commit();
            SELECT 0
            """
        );

        await Task.WhenAll(Enumerable.Range(0, Workflows).Select(number => Receive(silo, $"w{number}"))).InTime();

        var batches = silo.Control.Batches.Select(static batch => batch.Count).ToList();
        output.WriteLine($"batches of {string.Join(", ", batches)}");
        batches.Max().ShouldBeGreaterThan(16);
        (await silo.Number("SELECT count(*) FROM receipt")).ShouldBe(2 * Workflows);
    }

    private static Task<Acknowledgement> Receive(SiloUnderTest silo, string workflowId) =>
        silo.Workflow(workflowId).Receive(Receipts.Of(workflowId, "running"));
}
