using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

/// <summary>What happened lately, in numbers, on every database.</summary>
public abstract class TrendCompliance(SiloFixture fixture)
{
    private static readonly DateTimeOffset Start = new(2031, 2, 3, 10, 0, 0, TimeSpan.Zero);

    private TrendQueries Trends => fixture.Silo.Services.GetRequiredService<TrendQueries>();

    [Fact]
    public async Task Changes_of_a_workflows_own_status_are_counted_by_from_and_to()
    {
        var cancel = TestContext.Current.CancellationToken;
        for (var i = 0; i < 3; i++)
        {
            var id = Sample.Unique("moved");
            await Receive(id, "Not Started", Start.AddSeconds(i));
            await Receive(id, "running", Start.AddMinutes(1).AddSeconds(i), "Running");
            await Receive(id, "running", Start.AddMinutes(1).AddSeconds(10 + i), "finished");
            await Receive(id, i == 0 ? "failed" : "finished", Start.AddMinutes(2).AddSeconds(i), "finished");
        }

        var (all, areAll) = await Trends.CountMoves(Start, Start.AddMinutes(5), cancel);
        var (later, _) = await Trends.CountMoves(Start.AddMinutes(2), null, cancel);

        areAll.ShouldBeTrue();
        Words(all)
            .ShouldBe([
                "10:00  > Not Started 3",
                "10:01 Not Started > running 3",
                "10:02 running > failed 1",
                "10:02 running > finished 2",
            ]);
        Words(later).ShouldBe(["10:02 running > failed 1", "10:02 running > finished 2"]);
        all.Single(static count => count.To.Outcome == WorkflowOutcome.Failed).Latest.ShouldBe(Start.AddMinutes(2));
        (await Trends.CountMoves(Start.AddMinutes(-9), Start, cancel)).Counts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Workflows_that_ended_are_counted_by_hour_and_outcome()
    {
        var cancel = TestContext.Current.CancellationToken;
        var (first, second) = (Start.AddYears(-1), Start.AddYears(-1).AddHours(1));
        foreach (
            var (status, at) in ((string, DateTimeOffset)[])
                [
                    ("finished", first),
                    ("finished", first.AddMinutes(59)),
                    ("failed", second),
                    ("cancelled", second),
                    ("running", second),
                ]
        )
            await Receive(Sample.Unique("ended"), status, at);

        var counts = await Trends.CountEnded(first, cancel);

        // The other test's are a year later.
        counts
            .Where(static count => count.Hour < Start.AddDays(-1))
            .ShouldBe([
                new EndedCount(first, WorkflowOutcome.Completed, 2),
                new EndedCount(second, WorkflowOutcome.Cancelled, 1),
                new EndedCount(second, WorkflowOutcome.Failed, 1),
            ]);
    }

    private static IEnumerable<string> Words(ImmutableArray<MoveCount> counts) =>
        counts
            .Select(static count => $"{count.Minute:HH:mm} {count.From?.Text} > {count.To.Text} {count.Count}")
            .Order(StringComparer.Ordinal);

    private Task<Acknowledgement> Receive(string id, string status, DateTimeOffset at, string task = "Creating") =>
        fixture
            .Silo.Workflow(id)
            .Receive(
                Receipts.Of(
                    new StatusChange(id, "A name", status, [new StatusChangeAction("n", "A node", "call", "t", task)]),
                    Guid.CreateVersion7(at)
                ) with
                {
                    ReceivedAt = at,
                }
            );
}

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresTrends(PostgresSilo fixture) : TrendCompliance(fixture), IClassFixture<PostgresSilo>;

/// <summary>On SQLite.</summary>
public sealed class SqliteTrends(SqliteSilo fixture) : TrendCompliance(fixture), IClassFixture<SqliteSilo>;
