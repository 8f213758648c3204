using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Feeds;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>
/// What a reader of the feed learns of what it can't get any more: removed changes, and another history.
/// </summary>
public abstract class FeedHistorySuite(ApiFixture api) : IDisposable
{
    private readonly FeedReader _reader = new();
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(90));

    public void Dispose()
    {
        _reader.Dispose();
        _deadline.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_reader_that_was_away_gets_all_kept_changes_and_the_last_removed_one()
    {
        var (hot, other) = (Report.NewId(), Report.NewId());
        await (await Open("/events")).DisposeAsync();
        foreach (var status in (string[])["creating", "running", "paused", "running", "finished"])
            await api.Client.ReportAsync(Report.Workflow(hot, status));

        await api.Client.ReportAsync(Report.Workflow(other));
        await Execute($"DELETE FROM receipt WHERE workflow_id = '{hot}' AND seq <= 4");

        using var reader = new FeedReader();
        var url = new Uri(api.Client.Root, $"/events?last_event_id={_reader.LastId}");
        await using var events = await OpenFeed.StartAsync(reader, url, _deadline.Token);
        var trimmed = await events.Next();

        // The feed begins a moment before it is opened: it may have a change of the test before.
        while (trimmed.Word("workflow_id") != hot)
            trimmed = await events.Next();

        (trimmed.Word("workflow_id"), trimmed.Number("version"), trimmed.GetProperty("trimmed").GetBoolean()).ShouldBe(
            (hot, 4, true)
        );
        trimmed.GetProperty("transitions").GetArrayLength().ShouldBe(0);
        foreach (var (id, version) in ((string, int)[])[(hot, 5), (other, 1)])
        {
            var change = await events.Next();
            (change.Word("workflow_id"), change.Number("version")).ShouldBe((id, version));
            change.TryGetProperty("trimmed", out _).ShouldBeFalse();
        }

        var ofOther = new Uri(api.Client.Root, $"{ApiClient.Of(other)}/events?last_event_id={_reader.LastId}");
        using var otherReader = new FeedReader();
        await using var otherEvents = await OpenFeed.StartAsync(otherReader, ofOther, _deadline.Token);
        (await otherEvents.Next()).Word("workflow_id").ShouldBe(other);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?include=workflow")]
    [InlineData("?phase=ended")]
    public async Task Of_a_workflow_that_was_deleted_the_last_change_comes_without_the_workflow(string query)
    {
        var id = Report.NewId();
        await (await Open("/events")).DisposeAsync();
        await api.Client.ReportAsync(Report.Workflow(id, "finished"));
        await Execute($"DELETE FROM receipt WHERE workflow_id = '{id}'");
        await RemoveFromList(id);

        await using var events = await OpenFeed.StartAsync(
            _reader,
            new Uri(api.Client.Root, $"/events{query}"),
            _deadline.Token
        );
        // A stream begins where the Api has read to, which may be before the change of another test.
        var change = await events.Next();
        while (change.Word("workflow_id") != id)
            change = await events.Next();

        change.GetProperty("trimmed").GetBoolean().ShouldBeTrue();
        change.TryGetProperty("workflow", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Streams_end_when_the_database_holds_another_history_and_ids_of_the_one_before_are_refused()
    {
        var id = Report.NewId();
        await using var events = await Open("/events");
        await api.Client.ReportAsync(Report.Workflow(id));
        await events.Next();
        var before = _reader.LastId.ShouldNotBeNull();

        await Execute($"UPDATE change_epoch SET id = '{Guid.CreateVersion7()}'");
        await events.Ended.WaitAsync(_deadline.Token);

        var refused = await api.Client.GetAsync("/events", ("Last-Event-ID", before));
        refused.ExpectProblem(410, "last_event_id");
        (await api.Client.GetAsync($"/events?last_event_id={Position(before)}")).ExpectProblem(410, "last_event_id");
        (await api.Client.GetAsync($"{ApiClient.Of(id)}/events?last_event_id={before}")).ExpectProblem(
            410,
            "last_event_id"
        );

        // A reader that reads all states and then follows from the position in the problem misses nothing.
        var place = refused.Json.Word("detail").ShouldNotBeNull().Split("last_event_id=")[1].TrimEnd('.');
        using var reader = new FeedReader();
        await using var again = await OpenFeed.StartAsync(
            reader,
            new Uri(api.Client.Root, $"/events?last_event_id={place}"),
            _deadline.Token
        );
        await api.Client.ReportAsync(Report.Workflow(id, "finished"));
        (await again.Next()).Number("version").ShouldBe(2);
    }

    [Fact]
    public async Task A_position_beyond_the_end_is_refused_as_of_another_history()
    {
        await (await Open("/events")).DisposeAsync();
        var epoch = _reader.LastId.ShouldNotBeNull().Split('-')[0];

        (await api.Client.GetAsync($"/events?last_event_id={epoch}-9000000000000000000")).ExpectProblem(
            410,
            "last_event_id"
        );
        (await api.Client.GetAsync("/events?last_event_id=9000000000000000000")).ExpectProblem(410, "last_event_id");
    }

    [Fact]
    public async Task A_hint_that_a_stream_could_not_send_is_sent_by_the_next_stream()
    {
        var id = Report.NewId();
        var path = $"{ApiClient.Of(id)}/events?every=18s";
        await using (await Open(path))
        {
            await api.Client.ReportAsync(Report.Workflow(id));
            var placed = new TaskCompletionSource();
            _reader.PlaceRead += (_, _) => placed.TrySetResult();
            await placed.Task.WaitAsync(_deadline.Token);
        }

        await using var again = await Open(path);
        (await again.Next()).GetRawText().ShouldBe("{}");
    }

    /// <summary>What the deletion of a workflow removes of the list.</summary>
    private Task RemoveFromList(string workflowId) =>
        Execute($"UPDATE orleansstorage SET state_code = NULL WHERE grainidextensionstring = 'wf/{workflowId}'");

    protected async Task Execute(string sql)
    {
        await using var connection = await api.Database.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The ids are made by this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(_deadline.Token);
    }

    private static string Position(string id) => id.Split('-')[1];

    private Task<OpenFeed> Open(string path) =>
        OpenFeed.StartAsync(_reader, new Uri(api.Client.Root, path), _deadline.Token);
}

[Collection(OnSqlite.Name)]
public sealed class FeedHistoryOnSqliteTests(SqliteApi api) : FeedHistorySuite(api);

[Collection(OnPostgres.Name)]
public sealed class FeedHistoryOnPostgresTests(PostgresApi api) : FeedHistorySuite(api);
