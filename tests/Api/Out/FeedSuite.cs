using System.Globalization;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Feeds;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>The live feed.</summary>
public abstract class FeedSuite(ApiFixture api) : IDisposable
{
    private readonly FeedReader _reader = new();
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(60));

    public void Dispose()
    {
        _reader.Dispose();
        _timeout.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_change_in_the_feed_equals_the_history_and_the_list()
    {
        var id = Report.NewId();
        await using var events = await Open($"{ApiClient.Of(id)}/events?include=workflow");
        var reply = await api.Client.ReportAsync(
            Report.Workflow(id, "running", "Autumn", Report.Node("n", task: "t", status: "running"))
        );

        var change = await events.Next();

        (change.Word("workflow_id"), change.Number("version"), change.Word("effect")).ShouldBe((id, 1, "advanced"));
        change.Word("receipt_id").ShouldBe(reply.Header("X-Receipt-Id"));
        events.Latest.ShouldNotBeNull().Type.ShouldBe("change");
        Position(events.Latest.Id).ShouldBe(change.Number("position"));
        var history = (await api.Client.GetAsync($"{ApiClient.Of(id)}/history")).Expect(200).Json;
        change.GetProperty("transitions").GetRawText().ShouldBe(history.GetProperty("items").GetRawText());
        var listed = (await api.Client.GetAsync("/workflows?limit=1000"))
            .Expect(200)
            .Json.Items("items")
            .Single(item => item.Word("workflow_id") == id);
        change.GetProperty("workflow").GetRawText().ShouldBe(listed.GetRawText());
    }

    [Theory]
    [InlineData("/events", false)]
    [InlineData("/events?include=workflow", true)]
    [InlineData("/events?phase=active", true)]
    public async Task The_workflow_as_it_is_comes_with_a_change_if_it_is_wanted(string path, bool isThere)
    {
        var id = Report.NewId();
        using var other = new FeedReader();
        await using var beside = await OpenFeed.StartAsync(
            other,
            new Uri(api.Client.Root, "/events?include=workflow"),
            _timeout.Token
        );
        await using var events = await Open(path);
        await api.Client.ReportAsync(Report.Workflow(id, "running"));

        var change = await events.Next();
        while (change.Word("workflow_id") != id)
            change = await events.Next();

        change.GetProperty("transitions").GetArrayLength().ShouldBe(1);
        change.TryGetProperty("workflow", out _).ShouldBe(isThere);
    }

    [Fact]
    public async Task A_feed_of_a_workflow_has_its_changes_and_no_receipt_that_changes_nothing()
    {
        var (id, other) = (Report.NewId(), Report.NewId());
        await using var events = await Open($"{ApiClient.Of(id)}/events");
        foreach (var status in (string[])["creating", "running", "running", "creating", "finished", "cancelled"])
        {
            await api.Client.ReportAsync(Report.Workflow(id, status));
            await api.Client.ReportAsync(Report.Workflow(other, status));
        }

        foreach (
            var (version, effect) in ((int, string)[])
                [(1, "advanced"), (2, "advanced"), (3, "advanced"), (4, "conflict")]
        )
        {
            var change = await events.Next();
            (change.Word("workflow_id"), change.Number("version"), change.Word("effect")).ShouldBe(
                (id, version, effect)
            );
        }
    }

    [Theory]
    [InlineData("phase=ended", 3)]
    [InlineData("outcome=completed", 3)]
    [InlineData("status=FINISHED", 3)]
    [InlineData("attention=conflicting_outcome", 4)]
    [InlineData("node_type=sms", 2)]
    [InlineData("name=FEED%20two", 2)]
    public async Task A_filter_is_met_by_the_workflow_as_it_is(string filter, int first)
    {
        var run = Report.NewId();
        await using var events = await Open($"/events?{filter}");
        var from = _reader.LastId.ShouldNotBeNull();
        await api.Client.ReportAsync(Report.Workflow(run, "creating", "feed one"));
        await WhenReported(run, 1, from);
        await api.Client.ReportAsync(Report.Workflow(run, "running", "Feed two", Report.Node("n", type: "sms")));
        await WhenReported(run, 2, from);
        await api.Client.ReportAsync(Report.Workflow(run, "finished", "Feed two", Report.Node("n", type: "sms")));
        await WhenReported(run, 3, from);
        await api.Client.ReportAsync(Report.Workflow(run, "cancelled", "Feed two", Report.Node("n", type: "sms")));

        var change = await events.Next();
        while (change.Word("workflow_id") != run)
            change = await events.Next();

        change.Number("version").ShouldBe(first);
    }

    [Fact]
    public async Task A_feed_of_hints_sends_one_hint_for_many_changes()
    {
        var id = Report.NewId();
        await using var events = await Open($"{ApiClient.Of(id)}/events?every=2s");
        using var reader = new FeedReader();
        await using var changes = await OpenFeed.StartAsync(
            reader,
            new Uri(api.Client.Root, $"{ApiClient.Of(id)}/events"),
            _timeout.Token
        );
        foreach (var status in (string[])["creating", "running", "paused", "running", "finished"])
            await api.Client.ReportAsync(Report.Workflow(id, status));

        var last = await changes.Next();
        while (last.Number("version") < 5)
            last = await changes.Next();

        var hints = 0;
        do
        {
            (await events.Next()).GetRawText().ShouldBe("{}");
            hints++;
        } while (Position(events.Latest.ShouldNotBeNull().Id) < last.Number("position"));

        hints.ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task A_reader_that_comes_again_continues_where_it_was()
    {
        var id = Report.NewId();
        var path = $"{ApiClient.Of(id)}/events";
        await (await Open(path)).DisposeAsync();
        await api.Client.ReportAsync(Report.Workflow(id, "creating"));
        await using (var events = await Open(path))
            (await events.Next()).Number("version").ShouldBe(1);

        await api.Client.ReportAsync(Report.Workflow(id, "running"));
        await api.Client.ReportAsync(Report.Workflow(id, "finished"));
        await using (var events = await Open(path))
        {
            (await events.Next()).Number("version").ShouldBe(2);
            (await events.Next()).Number("version").ShouldBe(3);
        }
    }

    [Fact]
    public async Task A_feed_after_a_position_has_every_later_change()
    {
        var id = Report.NewId();
        await (await Open("/events")).DisposeAsync();
        using var reader = new FeedReader();
        foreach (var status in (string[])["creating", "running", "finished"])
            await api.Client.ReportAsync(Report.Workflow(id, status));

        var url = new Uri(api.Client.Root, $"{ApiClient.Of(id)}/events?last_event_id={_reader.LastId}");
        await using var events = await OpenFeed.StartAsync(reader, url, _timeout.Token);
        foreach (var version in (int[])[1, 2, 3])
            (await events.Next()).Number("version").ShouldBe(version);
    }

    [Theory]
    [InlineData("/events?phase=done", "phase")]
    [InlineData("/events?every=often", "every")]
    [InlineData("/events?include=everything", "include")]
    [InlineData("/events?changed_after=2026-01-01", "changed_after")]
    [InlineData("/events?silent_for=1h", "silent_for")]
    [InlineData("/events?limit=1", "limit")]
    [InlineData("/events?last_event_id=x", "last_event_id")]
    [InlineData("/events?last_event_id=1-1-1-1", "last_event_id")]
    [InlineData("/workflows/w/events?phase=ended", "phase")]
    [InlineData("/workflows/w/events?last_event_id=-1", "last_event_id")]
    public async Task An_invalid_parameter_is_refused_by_name(string path, string name) =>
        (await api.Client.GetAsync(path)).ExpectProblem(400, name);

    [Fact]
    public async Task A_header_that_is_no_id_is_refused() =>
        (await api.Client.GetAsync("/events", ("Last-Event-ID", "now"))).ExpectProblem(400, "Last-Event-ID");

    private static long Position(string id) => long.Parse(id.Split('-')[1], CultureInfo.InvariantCulture);

    private Task<OpenFeed> Open(string path) =>
        OpenFeed.StartAsync(_reader, new Uri(api.Client.Root, path), _timeout.Token);

    /// <summary>
    /// Waits until a feed with <c>include=workflow</c> has sent a version. Otherwise its event could hold the workflow
    /// of the next version.
    /// </summary>
    private async Task WhenReported(string workflowId, int version, string from)
    {
        using var reader = new FeedReader();
        await using var events = await OpenFeed.StartAsync(
            reader,
            new Uri(api.Client.Root, $"{ApiClient.Of(workflowId)}/events?include=workflow&last_event_id={from}"),
            _timeout.Token
        );
        while ((await events.Next()).Number("version") < version) { }
    }
}

[Collection(OnSqlite.Name)]
public sealed class FeedOnSqliteTests(SqliteApi api) : FeedSuite(api);

[Collection(OnPostgres.Name)]
public sealed class FeedOnPostgresTests(PostgresApi api) : FeedSuite(api);
