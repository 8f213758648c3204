using System.Collections.Immutable;
using Orleans.Workflow.Hosting.Processes;
using Orleans.Workflow.Storage.Processes;

namespace Orleans.Workflow.Storage.Tests.Processes;

/// <summary>When an incident begins and ends, and what it counts.</summary>
public sealed class IncidentTrackerTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly IncidentTracker _tracker = new("a:1");
    private readonly Dictionary<Guid, Incident> _stored = [];
    private readonly Dictionary<int, long> _errors = [];
    private DateTimeOffset _now = Start;

    [Fact]
    public void An_outage_of_30_s_with_180_refused_requests_is_one_incident()
    {
        Pass(5);
        var since = _now;
        for (var second = 0; second < 30; second++)
            Pass(1, new DatabaseFailure(since, "the database cannot be reached"), (503, 6));

        Pass(60);

        var only = _stored.Values.ShouldHaveSingleItem();
        only.ShouldBe(
            new Incident(
                only.Id,
                "a:1",
                IncidentKind.Outage,
                since,
                since.AddSeconds(30),
                only.UpdatedAt,
                180,
                "the database cannot be reached"
            )
        );
    }

    [Fact]
    public void Requests_that_failed_before_the_outage_was_noticed_belong_to_it()
    {
        Pass(1, null, (503, 2));
        Pass(1, null, (503, 2));
        Pass(1, new DatabaseFailure(_now.AddSeconds(1), "the disk is full"), (503, 3));
        Pass(30);

        var only = _stored.Values.ShouldHaveSingleItem();
        (only.Requests, only.Since, only.What).ShouldBe((7, Start.AddSeconds(1), "the disk is full"));
    }

    [Fact]
    public void Answers_5xx_are_an_outage_also_while_the_database_works()
    {
        Pass(1, null, (503, 3), (500, 2));
        Pass(20);
        Pass(1, null, (503, 4));
        Pass(20);

        var only = _stored.Values.ShouldHaveSingleItem();
        (only.Requests, only.What, only.Until).ShouldBe((5, "answers 503, 500", Start.AddSeconds(1)));
    }

    [Fact]
    public void A_burst_of_refusals_is_one_incident_and_a_few_are_none()
    {
        for (var i = 0; i < 60; i++)
            Pass(1, null, (400, 1));

        _stored.ShouldBeEmpty();
        for (var i = 0; i < 30; i++)
            Pass(1, null, (400, 10), (401, 1));

        Pass(60);

        var only = _stored.Values.ShouldHaveSingleItem();
        (only.Kind, only.What).ShouldBe((IncidentKind.Refusals, "answers 400, 401"));
        only.Requests.ShouldBeInRange(330, 345);
    }

    [Fact]
    public void What_lasts_is_said_again_now_and_then_and_what_follows_is_another_incident()
    {
        var failure = new DatabaseFailure(Start.AddSeconds(1), "the database cannot be reached");
        Pass(1, failure);
        var began = _stored.Values.ShouldHaveSingleItem();
        (began.Until, began.Requests).ShouldBe((null, 0));
        Pass(25, failure);

        _stored[began.Id].UpdatedAt.ShouldBe(Start.AddSeconds(21));
        Pass(30);
        Pass(1, failure with { Since = _now });
        _stored.Count.ShouldBe(2);
    }

    private void Pass(int seconds, DatabaseFailure? failure = null, params (int Status, long Count)[] errors)
    {
        for (var i = 0; i < seconds; i++)
        {
            _now = _now.AddSeconds(1);
            foreach (var (status, count) in errors)
                _errors[status] = _errors.GetValueOrDefault(status) + count;

            foreach (var incident in _tracker.Observe(_now, _errors.ToImmutableSortedDictionary(), failure))
                _stored[incident.Id] = incident;
        }
    }
}
