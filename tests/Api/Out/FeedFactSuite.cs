using System.Net;
using System.Text;
using System.Text.Json;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Feeds;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>Facts in the live feed.</summary>
public abstract class FeedFactSuite(ApiFixture api) : IDisposable
{
    private const string Callee = "+15550100001";

    private readonly FeedReader _reader = new();
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(90));

    public void Dispose()
    {
        _reader.Dispose();
        _timeout.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_fact_in_the_feed_equals_the_list()
    {
        var id = Report.NewId();
        await using var events = await Open($"{ApiClient.Of(id)}/events?include=facts");
        var sent = await SendCall(id, "call");

        var fact = await NextFact(events);

        fact.Word("receipt_id").ShouldBe(sent.Header("X-Receipt-Id"));
        (fact.Word("callee"), fact.Word("effect")).ShouldBe((Callee, "recorded"));
        var listed = (await api.Client.GetAsync($"{ApiClient.Of(id)}/facts")).Expect(200).Json.Items("items");
        fact.GetRawText().ShouldBe(listed.ShouldHaveSingleItem().GetRawText());
    }

    [Fact]
    public async Task Without_facts_none_come_and_an_id_has_one_place()
    {
        var id = Report.NewId();
        await using var events = await Open($"{ApiClient.Of(id)}/events");
        await SendCall(id, "call");
        await api.Client.ReportAsync(Report.Workflow(id));
        await api.Client.ReportAsync(Report.Workflow(id, "finished"));

        JsonElement change;
        do
        {
            change = await events.Next();
            events.Latest!.Type.ShouldBe("change");
            events.Latest.Id.ShouldBe($"{events.Latest.Id.Split('-')[0]}-{change.Number("position")}-{Check(change)}");
        } while (change.GetProperty("transitions").GetRawText().Contains("finished") is false);

        static string Check(JsonElement change) => change.Word("receipt_id")!.Replace("-", "")[^8..];
    }

    [Fact]
    public async Task A_reader_that_comes_again_and_again_gets_each_change_and_each_fact_once_and_in_order()
    {
        const int Facts = 60;
        var id = Report.NewId();
        var path = $"{ApiClient.Of(id)}/events?include=facts";
        await (await Open(path)).DisposeAsync();
        var last = _reader.LastId;
        var sending = Send();
        var (versions, calls, random) = (new List<long>(), new List<string?>(), new Random(1));
        while (calls.Count < Facts || versions.Count == 0 || versions[^1] < 2 + (Facts / 10))
        {
            // Another reader, from the last event that was looked at: the one before may have received more.
            using var reader = new FeedReader();
            await using var events = await Open(reader, $"{path}&last_event_id={last}");
            for (var left = random.Next(1, 12); left > 0; left--)
            {
                var read = await events.Next();
                last = events.Latest!.Id;
                if (events.Latest.Type == "change")
                    versions.Add(read.Number("version"));
                else
                    calls.Add(read.Word("case_id"));

                if (calls.Count == Facts && versions[^1] == 2 + (Facts / 10))
                    break;
            }
        }

        await sending;
        calls.ShouldBe(Enumerable.Range(0, Facts).Select(static call => $"{call}"));
        versions.ShouldBe(Enumerable.Range(1, versions.Count).Select(static version => (long)version));

        async Task Send()
        {
            await api.Client.ReportAsync(Report.Workflow(id, "creating"));
            for (var call = 0; call < Facts; call++)
            {
                (await SendCall(id, $"{call}")).Header("X-Effect").ShouldBe("recorded");
                (await SendCall(id, $"{call}")).Header("X-Effect").ShouldBe("duplicate");
                if (call % 10 == 0)
                    await api.Client.ReportAsync(Report.Workflow(id, call % 20 == 0 ? "running" : "paused"));
            }
        }
    }

    [Fact]
    public async Task Facts_that_are_not_read_for_all_any_more_are_read_from_the_log()
    {
        var (id, other) = (Report.NewId(), Report.NewId());
        await (await Open("/events?include=facts")).DisposeAsync();
        var begin = _reader.LastId;
        await api.Database.InsertAsync(Rows(id, 450).SelectMany(row => (FactRow[])[row, Row(other, "x")]));

        // A reader that is new begins at the end, which what it resumes after is far behind.
        using var late = new FeedReader();
        await using var events = await Open(late, $"{ApiClient.Of(id)}/events?include=facts&last_event_id={begin}");
        for (var i = 0; i < 450; i++)
            (await NextFact(events)).Word("case_id").ShouldBe($"{i}");

        using var ofAll = new FeedReader();
        await using var all = await Open(ofAll, $"/events?include=facts&last_event_id={begin}");
        var cases = new List<string?>();
        while (cases.Count < 450)
        {
            var fact = await NextFact(all);
            if (fact.Word("workflow_id") == id)
                cases.Add(fact.Word("case_id"));
        }

        cases.ShouldBe(Enumerable.Range(0, 450).Select(static i => $"{i}"));
    }

    [Fact]
    public async Task Repeats_and_facts_of_a_deleted_workflow_do_not_come()
    {
        var (id, deleted) = (Report.NewId(), Report.NewId());
        await api.Database.DeleteAsync(deleted);
        await using var events = await Open("/events?include=facts");
        await api.Database.InsertAsync(
            Row(id, "repeat") with
            {
                Effect = ReceiptEffect.Duplicate,
            },
            Row(deleted, "deleted"),
            Row(id, "differs") with
            {
                Effect = ReceiptEffect.Differs,
            }
        );

        var fact = await NextFact(events);
        while (fact.Word("workflow_id") is var workflow && workflow != id && workflow != deleted)
            fact = await NextFact(events);

        (fact.Word("case_id"), fact.Word("effect")).ShouldBe(("differs", "differs"));
    }

    [Fact]
    public async Task An_id_without_a_place_among_facts_begins_with_those_that_come_and_zero_with_all()
    {
        var id = Report.NewId();
        var path = $"{ApiClient.Of(id)}/events?include=facts&last_event_id=";
        await (await Open($"{ApiClient.Of(id)}/events")).DisposeAsync();
        var changesOnly = _reader.LastId.ShouldNotBeNull();

        // What all streams share has passed the first fact as soon as one of them shows it.
        using var live = new FeedReader();
        await using var shown = await Open(live, $"{ApiClient.Of(id)}/events?include=facts");
        await SendCall(id, "before");
        await NextFact(shown);

        foreach (
            var (from, first) in ((string, string)[])
                [(changesOnly, "after"), ("0", "before"), ($"{changesOnly}~0", "before"), ("0~0", "before")]
        )
        {
            using var reader = new FeedReader();
            await using var events = await Open(reader, path + from);
            if (first == "after")
                await SendCall(id, "after");

            (await NextFact(events)).Word("case_id").ShouldBe(first, from);
        }
    }

    [Fact]
    public async Task An_id_with_both_places_serves_a_reader_that_wants_no_facts_any_more()
    {
        var id = Report.NewId();
        await (await Open("/events?include=facts")).DisposeAsync();
        _reader.LastId.ShouldNotBeNull().ShouldContain('~');
        await api.Client.ReportAsync(Report.Workflow(id));

        await using var events = await Open($"{ApiClient.Of(id)}/events");

        (await events.Next()).Number("version").ShouldBe(1);
        events.Latest!.Id.ShouldNotContain('~');
    }

    [Fact]
    public async Task A_filter_is_met_by_the_workflow_of_a_fact_and_by_no_fact_without_one()
    {
        var (ended, active) = (Report.NewId(), Report.NewId());
        await api.Client.ReportAsync(Report.Workflow(ended, "finished"));
        await api.Client.ReportAsync(Report.Workflow(active));
        await using var events = await Open("/events?phase=ended&include=workflow,facts");
        await api.Database.InsertAsync(Row(active, "no"), Row("", "no"), Row(ended, "yes"));

        var fact = await NextFact(events);
        while (fact.Word("workflow_id") is { } workflow && workflow != ended)
            workflow.ShouldNotBe(active, (fact = await NextFact(events)).GetRawText());

        fact.Word("case_id").ShouldBe("yes");
        fact.TryGetProperty("workflow", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_feed_of_hints_has_one_for_facts_if_they_are_included()
    {
        var id = Report.NewId();
        await using var events = await Open($"{ApiClient.Of(id)}/events?include=facts&every=1s");
        using var other = new FeedReader();
        await using var ofChanges = await Open(other, $"{ApiClient.Of(id)}/events?every=1s");
        await api.Database.InsertAsync(Row(id, "one"));

        (await events.Next()).GetRawText().ShouldBe("{}");
        var second = events.Next();
        var change = ofChanges.Next();
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, _timeout.Token);
        (second.IsCompleted, change.IsCompleted).ShouldBe((false, false));

        await SendCall(id, "another");
        (await second).GetRawText().ShouldBe("{}");
    }

    [Theory]
    [InlineData("include=fact", "include")]
    [InlineData("include=facts,facts", "include")]
    [InlineData("include=facts,", "include")]
    [InlineData("last_event_id=0~", "last_event_id")]
    [InlineData("last_event_id=~0", "last_event_id")]
    [InlineData("last_event_id=0~x", "last_event_id")]
    [InlineData("last_event_id=0~1~2", "last_event_id")]
    [InlineData("last_event_id=0~-1", "last_event_id")]
    [InlineData("last_event_id=0~1-0123456", "last_event_id")]
    [InlineData("last_event_id=0~0123abcd-1-0123abcd", "last_event_id")]
    [InlineData("include=facts&last_event_id=0~99999999999999999999", "last_event_id")]
    public async Task An_invalid_parameter_is_refused_by_name(string query, string name)
    {
        (await api.Client.GetAsync($"/events?{query}")).ExpectProblem(400, name);
        (await api.Client.GetAsync($"/workflows/w/events?{query}")).ExpectProblem(400, name);
    }

    [Fact]
    public async Task A_place_among_facts_of_another_history_is_refused_and_the_changes_stay_where_they_were()
    {
        var id = Report.NewId();
        await using (var events = await Open($"{ApiClient.Of(id)}/events?include=facts"))
        {
            await SendCall(id, "call");
            await NextFact(events);
        }

        var (changes, fact) = Places();
        var number = fact.Split('-')[0];
        foreach (var wrong in (string[])[$"{number}-00000000", "9000000000000000000"])
        {
            var refused = await api.Client.GetAsync($"/events?include=facts&last_event_id={changes}~{wrong}");
            refused.ExpectProblem(410, "last_event_id");
            Resume(refused).ShouldStartWith($"{changes}~");

            // It is nothing to a reader of changes.
            using var reader = new FeedReader();
            await (await Open(reader, $"/events?last_event_id={changes}~{wrong}")).DisposeAsync();
        }
    }

    [Fact]
    public async Task A_reader_that_is_behind_removed_facts_learns_it_and_continues_behind_them()
    {
        var id = Report.NewId();
        var path = $"{ApiClient.Of(id)}/events?include=facts";
        await using var events = await Open(path);
        await SendCall(id, "read");
        await NextFact(events);
        var behind = events.Latest!.Id;
        await SendCall(id, "missed");
        await SendCall(id, "kept");
        while ((await NextFact(events)).Word("case_id") != "kept") { }

        await Execute(
            "DELETE FROM fact WHERE position <= (SELECT max(position) FROM fact "
                + $"WHERE workflow_id = '{id}' AND effect <> 0) - 1"
        );
        await Execute("UPDATE fact_horizon SET position = removed");

        var refused = await api.Client.GetAsync($"{path}&last_event_id={behind}");
        refused.ExpectProblem(410, "last_event_id").Word("detail").ShouldNotBeNull().ShouldStartWith("Facts after ");
        foreach (var from in (string[])[Resume(refused), "0"])
        {
            using var reader = new FeedReader();
            await using var again = await Open(reader, $"{path}&last_event_id={from}");
            (await NextFact(again)).Word("case_id").ShouldBe("kept", from);
        }
    }

    [Fact]
    public async Task Streams_end_when_the_database_holds_another_history()
    {
        var id = Report.NewId();
        await using var events = await Open("/events?include=facts");
        await SendCall(id, "call");
        while ((await NextFact(events)).Word("workflow_id") != id) { }

        await Execute($"UPDATE change_epoch SET id = '{Guid.CreateVersion7()}'");
        await events.Ended.WaitAsync(_timeout.Token);

        var refused = await api.Client.GetAsync("/events?include=facts", ("Last-Event-ID", _reader.LastId!));
        refused.ExpectProblem(410, "last_event_id");
        using var reader = new FeedReader();
        await using var again = await OpenAgain(reader, $"/events?include=facts&last_event_id={Resume(refused)}");
        await SendCall(id, "after");
        (await NextFact(again)).Word("case_id").ShouldBe("after");
    }

    private static async Task<JsonElement> NextFact(OpenFeed events)
    {
        while (true)
        {
            var read = await events.Next();
            events.Latest!.Id.ShouldContain('~');
            if (events.Latest.Type == "fact")
                return read;
        }
    }

    private (string Changes, string Facts) Places()
    {
        var places = _reader.LastId.ShouldNotBeNull().Split('~');
        return (places[0], places[1]);
    }

    /// <summary>From where a problem says to continue.</summary>
    private static string Resume(Reply refused) =>
        refused.Json.Word("detail").ShouldNotBeNull().Split("last_event_id=")[1].TrimEnd('.');

    private static FactRow Row(string workflow, string entry) => new(workflow, "n", entry, Callee);

    private static IEnumerable<FactRow> Rows(string workflow, int count) =>
        Enumerable.Range(0, count).Select(i => Row(workflow, $"{i}"));

    private async Task<Reply> SendCall(string workflow, string call) =>
        (
            await api.Client.PostAsync(
                Encoding.UTF8.GetBytes(
                    $$"""
                    {"workflow_id":"{{workflow}}", "workflow_name":"Autumn",
                     "nodetask_id":"n", "nodetask_name":"A call",
                     "case_id":"{{call}}", "callee_number":"{{Callee}}"}
                    """
                ),
                "/webhooks/airudder/call-completion"
            )
        ).Expect(200);

    private async Task Execute(string sql)
    {
        await using var connection = await api.Database.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The ids are made by this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(_timeout.Token);
    }

    /// <summary>Opens a feed as soon as all that the Api reads is of the new history.</summary>
    private async Task<OpenFeed> OpenAgain(FeedReader reader, string path)
    {
        while (true)
        {
            try
            {
                return await Open(reader, path);
            }
            catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, _timeout.Token);
            }
        }
    }

    private Task<OpenFeed> Open(string path) => Open(_reader, path);

    private Task<OpenFeed> Open(FeedReader reader, string path) =>
        OpenFeed.StartAsync(reader, new Uri(api.Client.Root, path), _timeout.Token);
}

[Collection(OnSqlite.Name)]
public sealed class FeedFactsOnSqliteTests(SqliteApi api) : FeedFactSuite(api);

[Collection(OnPostgres.Name)]
public sealed class FeedFactsOnPostgresTests(PostgresApi api) : FeedFactSuite(api);
