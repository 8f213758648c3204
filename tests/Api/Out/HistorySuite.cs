using System.Text.Json;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>The transitions and the receipts of a workflow.</summary>
public abstract class HistorySuite(ApiFixture api)
{
    [Fact]
    public async Task The_history_has_every_change_oldest_first()
    {
        var (id, receipts) = await ReportStory();

        var items = (await api.Client.GetAsync($"{ApiClient.Of(id)}/history")).Expect(200).Json.Items("items");

        items
            .Select(Line)
            .ShouldBe([
                $"1.0 {receipts[0]} status_changed//False null>creating/scheduled/ creating first_sight",
                $"1.1 {receipts[0]} node_added/n/False null>Voicebot null null",
                $"1.2 {receipts[0]} status_changed/n/t/True null>running/active/ running first_sight",
                $"2.0 {receipts[2]} status_changed//False creating/scheduled/>done/ended/completed done higher_phase",
                $"2.1 {receipts[2]} workflow_renamed//False Autumn>Winter null null",
                $"2.2 {receipts[2]} status_changed/n/t/True running/active/>failed/ended/failed failed higher_phase",
                $"3.0 {receipts[4]} contested//False done/ended/completed>stopped/ended/cancelled stopped "
                    + "other_outcome",
            ]);
    }

    [Fact]
    public async Task Receipts_show_their_effects_in_the_order_of_the_fold()
    {
        var (id, receipts) = await ReportStory();

        var items = (await api.Client.GetAsync($"{ApiClient.Of(id)}/receipts")).Expect(200).Json.Items("items");

        items
            .Select(static item => (item.Number("seq"), item.Word("effect"), item.Number("version")))
            .ShouldBe([
                (1, "advanced", 1),
                (2, "duplicate", 1),
                (3, "advanced", 2),
                (4, "stale", 2),
                (5, "conflict", 3),
            ]);
        items.Select(static item => item.Word("receipt_id")).ShouldBe(receipts);
        items.ShouldAllBe(item => item.Word("workflow_id") == id && item.Word("source") == "airudder");
        items.Select(static item => item.Word("vocabulary")).Distinct().ShouldHaveSingleItem().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("history", 1)]
    [InlineData("history", 3)]
    [InlineData("receipts", 1)]
    [InlineData("receipts", 5)]
    public async Task Pages_put_together_are_the_whole(string list, int limit)
    {
        var (id, _) = await ReportStory();
        var path = $"{ApiClient.Of(id)}/{list}";
        var whole = (await api.Client.GetAsync(path)).Expect(200).Json;
        whole.GetProperty("next_cursor").ValueKind.ShouldBe(JsonValueKind.Null);

        var pages = await Pages.ReadAllAsync(api.Client, path, limit);

        pages
            .Select(static item => item.GetRawText())
            .ShouldBe(whole.Items("items").Select(static item => item.GetRawText()));
    }

    [Fact]
    public async Task A_receipt_has_its_raw_body_byte_for_byte()
    {
        var body =
            "{\"workflow_id\" :\""
            + Report.NewId()
            + "\",\t\"workflow_name\":\"a\\u0062c \\/ 😀\",\r\n  \"status\":\"running\", "
            + "\"actions\":[ ],\"n\":1.00e+2}";
        var id = (await api.Client.PostAsync(RawBody.Bytes(body))).Expect(200).Header("X-Receipt-Id")!;

        var receipt = (await api.Client.GetAsync($"/receipts/{id}")).Expect(200);

        receipt.Json.GetProperty("body").GetRawText().ShouldBe(body);
        receipt.Text.ShouldEndWith($"\"body\":{body}}}");
        (receipt.Json.Word("receipt_id"), receipt.Json.Word("effect"), receipt.Json.Number("seq")).ShouldBe(
            (id, "advanced", 1)
        );
    }

    [Fact]
    public async Task A_receipt_that_is_not_known_is_not_found() =>
        (await api.Client.GetAsync($"/receipts/{Guid.CreateVersion7()}")).ExpectProblem(404);

    [Theory]
    [InlineData("history?limit=0", "limit")]
    [InlineData("history?limit=1001", "limit")]
    [InlineData("history?cursor=x", "cursor")]
    [InlineData("history?cursor=", "cursor")]
    [InlineData("history?order=up", "order")]
    [InlineData("receipts?limit=-1", "limit")]
    [InlineData("receipts?limit=1&limit=2", "limit")]
    [InlineData("receipts?cursor=!!!!", "cursor")]
    // Of the right list and form, but with letters for numbers.
    [InlineData("history?cursor=aGlzdG9yeQAxAHg", "cursor")]
    [InlineData("receipts?cursor=cmVjZWlwdHMAeA", "cursor")]
    public async Task An_invalid_parameter_is_refused_by_name(string rest, string name) =>
        (await api.Client.GetAsync($"{ApiClient.Of(Report.NewId())}/{rest}")).ExpectProblem(400, name);

    [Fact]
    public async Task The_cursor_of_another_list_is_refused()
    {
        var (id, _) = await ReportStory();
        var cursor = (await api.Client.GetAsync($"{ApiClient.Of(id)}/history?limit=1"))
            .Expect(200)
            .Json.Word("next_cursor");

        (await api.Client.GetAsync($"{ApiClient.Of(id)}/receipts?cursor={cursor}")).ExpectProblem(400, "cursor");
    }

    private static string Line(JsonElement item)
    {
        var subject = item.GetProperty("subject");
        var place = $"{subject.Word("nodetask_id")}/{subject.Word("task_id")}".TrimEnd('/');
        return $"{item.Number("version")}.{item.Number("ordinal")} {item.Word("receipt_id")} "
            + $"{item.Word("kind")}/{place}/{item.GetProperty("is_task").GetBoolean()} "
            + $"{StatusValue(item.GetProperty("from"))}>{StatusValue(item.GetProperty("to"))} "
            + $"{item.Word("told") ?? "null"} {item.Word("rule") ?? "null"}";
    }

    private static string StatusValue(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null ? "null"
        : value.Word("phase") is null ? value.Word("text")!
        : $"{value.Word("text")}/{value.Word("phase")}/{value.Word("outcome")}";

    private async Task<(string Id, List<string?> Receipts)> ReportStory()
    {
        var id = Report.NewId();
        var receipts = new List<string?>();
        foreach (
            var notification in (StatusChange[])
                [
                    Report.Workflow(id, "creating", "Autumn", Report.Node("n", task: "t", status: "running")),
                    Report.Workflow(id, "Creating", "Autumn"),
                    Report.Workflow(id, "done", "Winter", Report.Node("n", task: "t", status: "failed")),
                    Report.Workflow(id, "paused", "Winter"),
                    Report.Workflow(id, "stopped", "Winter"),
                ]
        )
        {
            receipts.Add((await api.Client.ReportAsync(notification)).Header("X-Receipt-Id"));
        }

        return (id, receipts);
    }
}

[Collection(OnSqlite.Name)]
public sealed class HistoryOnSqliteTests(SqliteApi api) : HistorySuite(api);

[Collection(OnPostgres.Name)]
public sealed class HistoryOnPostgresTests(PostgresApi api) : HistorySuite(api);
