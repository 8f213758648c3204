using System.Text;
using System.Text.Json;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>The facts of workflows, nodes, persons and entries.</summary>
public abstract class FactSuite(ApiFixture api)
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_item_has_what_is_known_of_a_fact_and_null_for_the_rest()
    {
        var id = await ReportWorkflow();
        var full = new FactRow(id, "n", "c1", "+62811000012") { Value = "2", OccurredAt = Start.AddSeconds(-1) };
        var bare = new FactRow(id, "", "c2", "62811000013") { Effect = ReceiptEffect.Duplicate };
        await api.Database.InsertAsync(full, bare);

        var items = await Items($"{ApiClient.Of(id)}/facts");

        string.Join('\n', items.Select(static item => item.GetRawText()))
            .ShouldBe(
                OneLineEach(
                    $$"""
                    {"receipt_id":"{{bare.Id}}","kind":"list_completion","workflow_id":"{{id}}","nodetask_id":null,
                      "task_id":null,"case_id":"c2","callee":"62811000013","value":null,"occurred_at":null,
                      "received_at":"2026-11-22T10:00:00.000Z","effect":"duplicate","source":"airudder"}
                    {"receipt_id":"{{full.Id}}","kind":"list_completion","workflow_id":"{{id}}","nodetask_id":"n",
                      "task_id":null,"case_id":"c1","callee":"\u002B62811000012","value":"2",
                      "occurred_at":"2026-11-22T09:59:59.000Z",
                      "received_at":"2026-11-22T10:00:00.000Z","effect":"recorded","source":"airudder"}
                    """
                )
            );

        static string OneLineEach(string json) =>
            json.ReplaceLineEndings("\n").Replace("\n  ", "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("facts", "4 3 2 1")]
    [InlineData("facts?kind=call_completion", "3 2")]
    [InlineData("facts?value=2", "2")]
    [InlineData("facts?case_id=c1", "4 1")]
    [InlineData("facts?callee=62811000001", "2 1")]
    [InlineData("facts?callee=%2B62811000001&kind=list_completion", "1")]
    [InlineData("facts?received_after=2026-11-22T10:00:01Z", "4 3 2")]
    [InlineData("facts?received_before=2026-11-22T10:00:03Z", "2 1")]
    [InlineData("facts?value=none", "")]
    [InlineData("nodes/n/facts", "3 1")]
    [InlineData("nodes/n/facts?kind=call_completion", "3")]
    [InlineData("nodes/m/facts?case_id=c2", "2")]
    public async Task Facts_are_listed_by_every_filter_the_latest_first(string list, string expected)
    {
        var id = await ReportWorkflow();
        await api.Database.InsertAsync(
            new FactRow(id, "n", "c1", "62811000001") { Value = "1", ReceivedAt = Start.AddSeconds(1) },
            new FactRow(id, "m", "c2", "+62811000001")
            {
                Value = "2",
                Kind = FactKind.CallCompletion,
                ReceivedAt = Start.AddSeconds(2),
            },
            new FactRow(id, "n", "c3", "62811000002")
            {
                Value = "3",
                Kind = FactKind.CallCompletion,
                ReceivedAt = Start.AddSeconds(3),
            },
            new FactRow(id, "", "c1", "62811000003") { Value = "4", ReceivedAt = Start.AddSeconds(4) },
            new FactRow(Report.NewId(), "n", "c1", "62811000001") { Value = "5" }
        );

        string.Join(' ', (await Items($"{ApiClient.Of(id)}/{list}")).Select(static item => item.Word("value")))
            .ShouldBe(expected);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Pages_put_together_are_the_whole(int limit)
    {
        var id = await ReportWorkflow();
        await api.Database.InsertAsync(Enumerable.Range(0, 5).Select(i => new FactRow(id, "n", $"{id}-{i % 2}", "1")));

        foreach (
            var path in (string[])
                [$"{ApiClient.Of(id)}/facts", $"{ApiClient.Of(id)}/nodes/n/facts", $"/facts?case_id={id}-0"]
        )
        {
            var pages = await Pages.ReadAllAsync(api.Client, path, limit);

            pages
                .Select(static item => item.GetRawText())
                .ShouldBe((await Items(path)).Select(static item => item.GetRawText()));
        }
    }

    [Fact]
    public async Task A_person_and_an_entry_are_found_in_every_workflow_and_in_none()
    {
        var (first, second, entry) = (Report.NewId(), Report.NewId(), Report.NewId());
        var callee = $"+49{Random.Shared.NextInt64(1_000_000_000_000)}";
        await api.Database.InsertAsync(
            new FactRow(first, "n", entry, callee),
            new FactRow(second, "", "another", callee[1..]),
            new FactRow("", "", entry, "+1")
        );

        // A '+' that is not encoded is a blank.
        foreach (var written in (string[])[callee[1..], callee, Uri.EscapeDataString(callee)])
            (await Workflows($"callee={written}")).ShouldBe([second, first]);

        (await Workflows($"case_id={entry}")).ShouldBe([null, first]);
        (await Workflows($"case_id={entry}&callee={callee}")).ShouldBe([first]);
        (await Workflows($"case_id={Report.NewId()}")).ShouldBeEmpty();

        async Task<IEnumerable<string?>> Workflows(string query) =>
            (await Items($"/facts?{query}")).Select(static item => item.Word("workflow_id"));
    }

    [Fact]
    public async Task The_receipt_of_a_fact_has_its_raw_body_byte_for_byte()
    {
        var row = new FactRow(Report.NewId(), "n", "c1", "+62811000012");
        await api.Database.InsertAsync(row);

        var receipt = (await api.Client.GetAsync($"/receipts/{row.Id}")).Expect(200);

        receipt.Text.ShouldEndWith($"\"body\":{row.Body}}}");
        receipt.Json.GetProperty("fact").Word("callee").ShouldBe("+62811000012");
        (receipt.Json.Word("receipt_id"), receipt.Json.Word("effect")).ShouldBe(($"{row.Id}", "recorded"));
        foreach (var name in (string[])["seq", "version", "vocabulary", "kind"])
            receipt.Json.GetProperty(name).ValueKind.ShouldBe(JsonValueKind.Null, name);
    }

    [Fact]
    public async Task What_is_known_without_facts_has_an_empty_list_and_what_is_not_known_is_not_found()
    {
        var id = await ReportWorkflow();

        (await Items($"{ApiClient.Of(id)}/facts")).ShouldBeEmpty();
        (await Items($"{ApiClient.Of(id)}/nodes/n/facts")).ShouldBeEmpty();
        (await Items($"/workflows/-/nodes/-/facts?workflow_id={id}&nodetask_id=n")).ShouldBeEmpty();
        (await api.Client.GetAsync($"{ApiClient.Of(id)}/nodes/other/facts")).ExpectProblem(404);
        (await api.Client.GetAsync($"{ApiClient.Of(Report.NewId())}/facts")).ExpectProblem(404);
        (await api.Client.GetAsync($"{ApiClient.Of(Report.NewId())}/nodes/n/facts")).ExpectProblem(404);
    }

    [Fact]
    public async Task States_count_facts_and_their_ETag_follows_the_counts()
    {
        var id = await ReportWorkflow();
        (await State(id)).Header("ETag").ShouldBe("W/\"1\"");
        foreach (var (call, reason) in ((int, int)[])[(1, 2), (2, 12), (3, 2), (1, 2)])
            await SendCall(id, call, reason);

        var state = await State(id);

        const string Counted = """{"call_completion":{"count":3,"values":{"12":1,"2":2}}}""";
        Facts(state.Json).ShouldBe(Counted);
        state.Json.Items("nodes").Select(Facts).ShouldBe(["{}", Counted]);
        Facts((await api.Client.GetAsync($"{ApiClient.Of(id)}/nodes/n")).Expect(200).Json).ShouldBe(Counted);
        var tag = state.Header("ETag").ShouldNotBeNull();
        tag.ShouldBe($"W/\"{state.Json.Number("version")}-3\"");
        (await api.Client.GetAsync(ApiClient.Of(id), ("If-None-Match", tag))).Expect(304);

        // The same call with another body is not counted again, but that it came is.
        await SendCall(id, 1, 2, caseId: "another");

        var after = (await api.Client.GetAsync(ApiClient.Of(id), ("If-None-Match", tag))).Expect(200);
        after.Header("ETag").ShouldBe($"W/\"{after.Json.Number("version")}-4\"");
        Facts(after.Json).ShouldBe("""{"call_completion":{"count":3,"values":{"12":1,"2":2},"different":1}}""");
        var earlier = (await api.Client.GetAsync($"{ApiClient.Of(id)}?as_of=2100-01-01")).Expect(200).Json;
        foreach (var view in (IEnumerable<JsonElement>)[earlier, .. earlier.Items("nodes")])
            view.TryGetProperty("facts", out _).ShouldBeFalse();

        static string Facts(JsonElement view) => view.GetProperty("facts").GetRawText();
    }

    [Fact]
    public async Task A_fact_that_was_sent_is_listed_and_found_by_its_receipt()
    {
        var id = Report.NewId();
        var receipt = (await SendCall(id, 7, 14)).Header("X-Receipt-Id");

        foreach (var path in (string[])[ApiClient.Of(id), $"{ApiClient.Of(id)}/nodes/n"])
            (await Items($"{path}/facts?callee={id}&value=14"))
                .ShouldHaveSingleItem()
                .Word("receipt_id")
                .ShouldBe(receipt);

        var found = (await api.Client.GetAsync($"/receipts/{receipt}")).Expect(200).Json;
        (found.GetProperty("fact").Word("kind"), found.GetProperty("body").Word("callid")).ShouldBe(
            ("call_completion", "7")
        );
    }

    [Fact]
    public async Task The_facts_of_a_deleted_workflow_are_gone()
    {
        var id = Report.NewId();
        await api.Database.DeleteAsync(id);
        var row = new FactRow(id, "n", id, "1");
        await api.Database.InsertAsync(row);

        (await Items($"/facts?case_id={id}")).ShouldBeEmpty();
        (await api.Client.GetAsync($"/receipts/{row.Id}")).Status.ShouldBeOneOf(404, 410);
        (await api.Client.GetAsync($"{ApiClient.Of(id)}/facts")).ExpectProblem(410);
        (await api.Client.GetAsync($"{ApiClient.Of(id)}/nodes/n/facts")).ExpectProblem(410);
    }

    [Theory]
    [InlineData("/facts", "case_id")]
    [InlineData("/facts?kind=call_completion", "case_id")]
    [InlineData("/facts?callee=", "callee")]
    [InlineData("/facts?callee=1&workflow_id=w", "workflow_id")]
    [InlineData("/facts?callee=1&kind=call", "kind")]
    [InlineData("/workflows/w/facts?limit=0", "limit")]
    [InlineData("/workflows/w/facts?cursor=x", "cursor")]
    [InlineData("/workflows/w/facts?received_after=now", "received_after")]
    [InlineData("/workflows/w/nodes/n/facts?received_before=1", "received_before")]
    [InlineData("/workflows/w/nodes/n/facts?sort=value", "sort")]
    public async Task An_invalid_parameter_is_refused_by_name(string path, string name) =>
        (await api.Client.GetAsync(path)).ExpectProblem(400, name);

    [Fact]
    public async Task The_cursor_of_other_facts_is_refused()
    {
        var id = await ReportWorkflow();
        await api.Database.InsertAsync(new FactRow(id, "n", "c1", "1"), new FactRow(id, "n", "c1", "1"));
        var path = $"{ApiClient.Of(id)}/facts";
        var cursor = (await api.Client.GetAsync($"{path}?limit=1")).Expect(200).Json.Word("next_cursor");

        foreach (
            var other in (string[])[$"{path}?case_id=c1&", $"{ApiClient.Of(id)}/nodes/n/facts?", "/facts?callee=1&"]
        )
            (await api.Client.GetAsync($"{other}cursor={cursor}")).ExpectProblem(400, "cursor");
    }

    private async Task<Reply> State(string id) => (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200);

    /// <summary>Sends that a call of the node "n" has ended, to a callee with the workflow's id.</summary>
    private async Task<Reply> SendCall(string id, int call, int reason, string caseId = "c1") =>
        (
            await api.Client.PostAsync(
                Encoding.UTF8.GetBytes(
                    $$"""
                    {"workflow_id":"{{id}}", "workflow_name":"Autumn", "nodetask_id":"n", "nodetask_name":"Voicebot",
                     "case_id":"{{caseId}}", "callee":"{{id}}", "callid":"{{call}}", "hangup_reason":{{reason}}}
                    """
                ),
                "/webhooks/airudder/call-completion"
            )
        ).Expect(200);

    private async Task<List<JsonElement>> Items(string path) =>
        (await api.Client.GetAsync(path)).Expect(200).Json.Items("items");

    private async Task<string> ReportWorkflow()
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(Report.Workflow(id, "running", "Autumn", Report.Node("n"), Report.Node("m")));
        return id;
    }
}

[Collection(OnSqlite.Name)]
public sealed class FactsOnSqliteTests(SqliteApi api) : FactSuite(api);

[Collection(OnPostgres.Name)]
public sealed class FactsOnPostgresTests(PostgresApi api) : FactSuite(api);
