using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Storage.Processes;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Processes;

/// <summary>What the processes say of themselves, and incidents, on every database.</summary>
public abstract class ProcessCompliance(SiloFixture fixture)
{
    private static readonly DateTimeOffset Start = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private SqlProcesses Processes => fixture.Silo.Services.GetRequiredService<SqlProcesses>();

    private SqlIncidents Incidents => fixture.Silo.Services.GetRequiredService<SqlIncidents>();

    [Fact]
    public async Task A_process_has_one_row_that_others_read_until_it_leaves()
    {
        var cancel = TestContext.Current.CancellationToken;
        var (one, other) = (Row(Sample.Unique("p")), Row(Sample.Unique("p")));
        await Processes.Exchange(one, cancel);
        await Processes.Exchange(one with { Figures = "{\"n\":1}" }, cancel);

        var seen = await Processes.Exchange(other, cancel);

        var mine = seen.Where(process => process.Row.Name == one.Name).ShouldHaveSingleItem();
        mine.Row.ShouldBe(one with { Figures = "{\"n\":1}" });
        mine.Age.ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMinutes(1));
        await Processes.Leave(one.Name, cancel);
        await Processes.Forget(cancel);
        var left = (await Processes.Exchange(other, cancel)).Select(static process => process.Row.Name).ToList();
        left.ShouldNotContain(one.Name);
        left.ShouldContain(other.Name);
    }

    [Fact]
    public async Task An_incident_is_one_row_and_what_is_said_late_changes_nothing()
    {
        var cancel = TestContext.Current.CancellationToken;
        var open = new Incident(
            Guid.CreateVersion7(),
            "a:1",
            IncidentKind.Outage,
            Start,
            null,
            Start,
            3,
            "the disk of the database is full"
        );
        var ended = open with { Until = Start.AddSeconds(9), UpdatedAt = Start.AddSeconds(20), Requests = 7 };
        await Incidents.Keep(open, cancel);
        await Incidents.Keep(ended, cancel);
        await Incidents.Keep(open with { UpdatedAt = Start.AddSeconds(10) }, cancel);

        var stored = await Incidents.Latest(2_000, cancel);

        stored.Where(incident => incident.Id == open.Id).ShouldHaveSingleItem().ShouldBe(ended);
    }

    [Fact]
    public async Task The_oldest_incidents_go()
    {
        var cancel = TestContext.Current.CancellationToken;
        var first = Guid.Empty;
        for (var i = 0; i < SqlIncidents.MaxKept + 20; i++)
        {
            var id = Guid.CreateVersion7();
            first = i == 0 ? id : first;
            await Incidents.Keep(
                new Incident(
                    id,
                    "b:1",
                    IncidentKind.Refusals,
                    Start.AddYears(-9).AddSeconds(i),
                    null,
                    Start,
                    i,
                    "answers 400"
                ),
                cancel
            );
        }

        var stored = await Incidents.Latest(5_000, cancel);

        stored.Count.ShouldBe(SqlIncidents.MaxKept + 1);
        stored.ShouldNotContain(incident => incident.Id == first);
    }

    private static ProcessRow Row(string name) => new(name, ProcessKind.ApiWithSilo, "0.1.0+abc", Start, "{}");
}

/// <summary>On PostgreSQL.</summary>
public sealed class PostgresProcesses(PostgresSilo fixture) : ProcessCompliance(fixture), IClassFixture<PostgresSilo>;

/// <summary>On SQLite.</summary>
public sealed class SqliteProcesses(SqliteSilo fixture) : ProcessCompliance(fixture), IClassFixture<SqliteSilo>;
