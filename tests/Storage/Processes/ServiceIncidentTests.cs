using Orleans.Workflow.Hosting.Processes;
using Orleans.Workflow.Storage.Processes;

namespace Orleans.Workflow.Storage.Tests.Processes;

/// <summary>What several processes saw at one time is one incident.</summary>
public sealed class ServiceIncidentTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Start.AddHours(1);

    [Fact]
    public void Parts_that_meet_are_one_and_their_requests_are_added()
    {
        var merged = ServiceIncident.Merge(
            [Part("a", 0, 30, 100, "away"), Part("b", 4, 33, 80, "away"), Part("c", 45, 50, 0, "read-only")],
            [],
            Now
        );

        var only = merged.ShouldHaveSingleItem();
        (only.Since, only.Until, only.Requests, only.IsCutOff).ShouldBe((Start, Start.AddSeconds(50), 180L, false));
        only.Processes.ShouldBe(["a", "b", "c"]);
        only.Reasons.ShouldBe(["away", "read-only"]);
    }

    [Fact]
    public void Parts_far_apart_or_of_another_kind_are_others()
    {
        var merged = ServiceIncident.Merge(
            [
                Part("a", 0, 30, 1, "away"),
                Part("a", 60, 70, 2, "away"),
                Part("a", 5, 25, 3, "answers 400") with
                {
                    Kind = IncidentKind.Refusals,
                },
            ],
            [],
            Now
        );

        merged.Select(static incident => incident.Requests).ShouldBe([2, 3, 1]);
    }

    [Fact]
    public void What_the_process_itself_knows_is_newer_than_what_is_stored()
    {
        var stored = Part("a", 0, null, 1, "away");
        var own = stored with { Requests = 9, UpdatedAt = Now };

        var only = ServiceIncident.Merge([stored], [own], Now).ShouldHaveSingleItem();

        (only.Requests, only.Until, only.LengthAt(Now)).ShouldBe((9L, null, TimeSpan.FromHours(1)));
    }

    [Fact]
    public void The_end_of_an_incident_whose_process_has_gone_is_not_known()
    {
        var gone = Part("a", 0, null, 1, "away") with { UpdatedAt = Start.AddSeconds(20) };

        var only = ServiceIncident.Merge([gone], [], Now).ShouldHaveSingleItem();

        (only.Until, only.IsCutOff).ShouldBe((Start.AddSeconds(20), true));
    }

    private static Incident Part(string process, int since, int? until, long requests, string what) =>
        new(
            Guid.CreateVersion7(),
            process,
            IncidentKind.Outage,
            Start.AddSeconds(since),
            until is { } end ? Start.AddSeconds(end) : null,
            Start.AddSeconds(until ?? since),
            requests,
            what
        );
}
