using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>What is accepted although it looks odd.</summary>
public abstract class AcceptedSuite(ApiFixture api)
{
    [Fact]
    public async Task The_answer_is_an_empty_object_with_three_headers()
    {
        var id = Report.NewId();

        var reply = await api.Client.ReportAsync(Report.Workflow(id));

        reply.Text.ShouldBe("{}");
        reply.ContentType?.MediaType.ShouldBe("application/json");
        Guid.Parse(reply.Header("X-Receipt-Id").ShouldNotBeNull()).Version.ShouldBe(7);
        (reply.Header("X-Effect"), reply.Header("X-Workflow-Version")).ShouldBe(("advanced", "1"));
    }

    [Fact]
    public async Task The_id_of_a_receipt_begins_with_its_time_and_goes_on_with_chance()
    {
        var before = TimeProvider.System.GetUtcNow();

        var ids = new ConcurrentBag<Guid>();
        await Parallel.ForAsync(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) =>
            ids.Add(Guid.Parse((await api.Client.ReportAsync(Report.Workflow(Report.NewId()))).Header("X-Receipt-Id")!))
        );

        var after = TimeProvider.System.GetUtcNow();
        ids.ShouldAllBe(static id => id.Version == 7 && (id.Variant & 0b1100) == 0b1000);
        ids.Select(static id =>
                DateTimeOffset.FromUnixTimeMilliseconds(
                    BinaryPrimitives.ReadInt64BigEndian(id.ToByteArray(bigEndian: true)) >> 16
                )
            )
            .ShouldAllBe(time => time >= before.AddMilliseconds(-1) && time <= after);
        ids.Select(static id => id.ToString()[14..]).Distinct().Count().ShouldBe(ids.Count);
    }

    [Fact]
    public async Task What_is_repaired_is_said_by_the_receipt_counted_and_kept_as_it_came()
    {
        var number = Random.Shared.NextInt64(1_000_000_000_000, long.MaxValue);
        await api.Client.ReportAsync(
            Report.Workflow($"{number}", name: "Winter", actions: [Report.Node("7", "Call7", "sms")])
        );
        var body =
            $$"""{"workflow_id":{{number}},"x\ud800":"\ud83d\u0000","status":"running","actions":["""
            + """{"nodetask_id":7,"nodetask_name":null},"""
            + """{"nodetask_id":"m","nodetask_name":"M\ud83d!","node_type":"call"}]}""";

        var reply = (await api.Client.PostAsync(Encoding.UTF8.GetBytes(body))).Expect(200);

        var receipt = (await api.Client.GetAsync($"/receipts/{reply.Header("X-Receipt-Id")}")).Expect(200);
        receipt.Json.GetProperty("body").GetRawText().ShouldBe(body);
        receipt
            .Json.Items("repairs")
            .Select(static repair => $"{repair.Word("kind")} {repair.Number("count")} {repair.Word("first_path")}")
            .ShouldBe([
                "number_as_text 2 $.workflow_id",
                "label_missing 3 $.actions[0].nodetask_name",
                "half_surrogate_pair 1 $.actions[1].nodetask_name",
            ]);
        var state = (await api.Client.GetAsync(ApiClient.Of($"{number}"))).Expect(200).Json;
        state.Word("workflow_name").ShouldBe("Winter");
        state
            .Items("nodes")
            .Select(static node => $"{node.Word("nodetask_id")} {node.Word("nodetask_name")} {node.Word("node_type")}")
            .ShouldBe(["7 Call7 sms", "m M\ufffd! call"]);
        (await api.Client.GetAsync("/metrics")).Expect(200).Text.ShouldContain("workflow_repairs");
    }

    [Fact]
    public async Task A_workflow_that_was_never_given_a_name_has_an_empty_one_until_it_gets_one()
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(new StatusChange(id, null, "running", [new("n", null, null, null, null)]));
        var state = (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200).Json;
        (state.Word("workflow_name"), state.Items("nodes")[0].Word("nodetask_name")).ShouldBe(("", ""));
        (await api.Client.GetAsync($"{ApiClient.Of(id)}/explain")).Expect(200);

        (await api.Client.ReportAsync(Report.Workflow(id, "pending", "Late", Report.Node("n", "Call7"))))
            .Header("X-Effect")
            .ShouldBe("advanced");
        state = (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200).Json;
        (state.Word("workflow_name"), state.Items("nodes")[0].Word("nodetask_name")).ShouldBe(("Late", "Call7"));
        (await api.Client.GetAsync($"{ApiClient.Of(id)}/explain")).Expect(200);
    }

    [Fact]
    public async Task The_headers_say_what_each_receipt_did()
    {
        var id = Report.NewId();

        (await Sent("running")).ShouldBe(("advanced", "1"));
        (await Sent("running")).ShouldBe(("duplicate", "1"));
        (await Sent("finished")).ShouldBe(("advanced", "2"));
        (await Sent("running")).ShouldBe(("stale", "2"));
        (await Sent("failed")).ShouldBe(("conflict", "3"));

        async Task<(string?, string?)> Sent(string status)
        {
            var reply = await api.Client.ReportAsync(Report.Workflow(id, status));
            return (reply.Header("X-Effect"), reply.Header("X-Workflow-Version"));
        }
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("APPLICATION/JSON")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json;charset=ISO-8859-1")]
    [InlineData("application/json; version=\"1;2\"; a=b")]
    [InlineData(" application/json ; charset=\"utf-8\"")]
    [InlineData("text/json")]
    [InlineData("Text/JSON; charset=utf-8")]
    [InlineData("application/vnd.api+json")]
    [InlineData("application/vnd.x+JSON;v=1")]
    [InlineData("text/x+json")]
    [InlineData("")]
    [InlineData(null)]
    public Task Any_content_type_of_JSON_with_any_parameters_is_accepted_and_none_too(string? contentType) =>
        ShouldBeAccepted(RawBody.Of(Report.NewId()), contentType);

    [Theory]
    [InlineData("Airudder")]
    [InlineData("")]
    [InlineData("()<>@,;:\\\"/[]?={}")]
    [InlineData("Mozilla/5.0 (compatible; Latin-1 \u00FC)")]
    [InlineData("Mozilla/5.0 (compatible; UTF-8 \u00C3\u00BC)")]
    public Task Any_user_agent_is_accepted(string userAgent) =>
        ShouldBeAccepted(RawBody.Of(Report.NewId()), headers: [("User-Agent", userAgent)]);

    [Theory]
    [InlineData("\"x\":null")]
    [InlineData("\"x\":{\"status\":\"finished\",\"y\":[{\"z\":1.5e300},{\"z\":-0}]},\"\":\"\"")]
    [InlineData("\"STATUS\":\"finished\",\"Actions\":1")]
    [InlineData("\"x\":\"\\ud83d\\ude00 \\u0001 \\/ \\u2028\"")]
    [InlineData("\"x\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]")]
    public Task Unknown_fields_are_accepted(string members) => ShouldBeAccepted(RawBody.Of(Report.NewId(), members));

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"  \\t\"")]
    public async Task An_optional_field_without_content_is_absent(string nothing)
    {
        var id = Report.NewId();
        var entry =
            """{"nodetask_id":"n","nodetask_name":"","node_type":"","task_id":"""
            + $$"""{{nothing}},"task_status":{{nothing}}}""";
        var body = $$"""{"actions":[{{entry}}],"status":"running","workflow_name":"","workflow_id":"{{id}}"}""";

        await ShouldBeAccepted(body);

        var node = (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200).Json.Items("nodes").ShouldHaveSingleItem();
        node.Items("tasks").ShouldBeEmpty();
        node.Word("status").ShouldBeNull();
    }

    [Fact]
    public async Task Fields_come_in_any_order_and_spelling()
    {
        var id = Report.NewId();
        var body = $$"""
             { "actions" : [ { "task_status":"f\u0069nished", "node_type":"call", "task\u005fid":"t",
            "nodetask_name":"N", "nodetask_id":"n" } ],
            "status":"In_Progress","\u0077orkflow_id":"{{id}}",	"workflow_name":"Größe 😀" }

            """;

        await ShouldBeAccepted(body);

        var state = (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200).Json;
        (state.Word("workflow_name"), state.Word("status"), state.Word("phase")).ShouldBe(
            ("Größe 😀", "In_Progress", "active")
        );
        state.Items("nodes")[0].Items("tasks")[0].Word("outcome").ShouldBe("completed");
    }

    [Fact]
    public async Task An_unknown_word_is_kept_and_counts_as_active()
    {
        var id = Report.NewId();

        await ShouldBeAccepted(
            RawBody.Of(id).Replace("\"status\":\"running\"", "\"status\":\"Überprüfung\"", StringComparison.Ordinal)
        );

        var state = (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200).Json;
        (state.Word("status"), state.Word("phase")).ShouldBe(("Überprüfung", "active"));
        state.Items("attention").Select(static item => item.Word("kind")).ShouldBe(["unrecognised_status"]);
    }

    [Fact]
    public async Task A_byte_order_mark_is_passed_over()
    {
        byte[] body = [0xEF, 0xBB, 0xBF, .. RawBody.Bytes(RawBody.Of(Report.NewId()))];

        var reply = (await api.Client.PostAsync(body)).Expect(200);

        var receipt = (await api.Client.GetAsync($"/receipts/{reply.Header("X-Receipt-Id")}")).Expect(200);
        receipt.Json.GetProperty("body").GetRawText().ShouldBe(Encoding.UTF8.GetString(body[3..]));
    }

    [Theory]
    [InlineData("status", 256)]
    [InlineData("workflow_name", 1024)]
    public Task A_field_of_the_workflow_may_be_as_long_as_its_limit(string field, int most)
    {
        var raw = RawBody.Top(field, $"\"{new string('é', most)}\"");
        return ShouldBeAccepted(
            raw.Replace("\"workflow_id\":\"w\"", $"\"workflow_id\":\"{Report.NewId()}\"", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("nodetask_id", 128)]
    [InlineData("task_id", 128)]
    [InlineData("task_status", 256)]
    [InlineData("nodetask_name", 1024)]
    [InlineData("node_type", 1024)]
    public Task A_field_of_an_action_may_be_as_long_as_its_limit(string field, int most)
    {
        var raw = RawBody.Action(field, $"\"{new string('é', most)}\"");
        return ShouldBeAccepted(
            raw.Replace("\"workflow_id\":\"w\"", $"\"workflow_id\":\"{Report.NewId()}\"", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Ten_thousand_actions_are_accepted()
    {
        var id = Report.NewId();
        var entries = Enumerable
            .Range(0, 10_000)
            .Select(i => Report.Node($"n{i % 50}", task: $"t{i}", status: "running"));

        await api.Client.ReportAsync(Report.Workflow(id, actions: [.. entries]));

        var nodes = (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200).Json.Items("nodes");
        nodes.Sum(static node => node.Items("tasks").Count).ShouldBe(10_000);
    }

    [Fact]
    public Task No_actions_are_accepted() =>
        ShouldBeAccepted(
            $$"""{"workflow_id":"{{Report.NewId()}}","workflow_name":"n","status":"running","actions":[]}"""
        );

    private async Task ShouldBeAccepted(
        string body,
        string? contentType = "application/json",
        params (string, string)[] headers
    )
    {
        var bytes = RawBody.Bytes(body);

        var reply = (await api.Client.PostAsync(bytes, contentType: contentType, headers: headers)).Expect(200);

        var receipt = (await api.Client.GetAsync($"/receipts/{reply.Header("X-Receipt-Id")}")).Expect(200);
        receipt.Json.GetProperty("body").GetRawText().ShouldBe(body.Trim(), "the raw body is kept");
        receipt.Text.ShouldContain(body);
    }
}

[Collection(OnSqlite.Name)]
public sealed class AcceptedOnSqliteTests(SqliteApi api) : AcceptedSuite(api);

[Collection(OnPostgres.Name)]
public sealed class AcceptedOnPostgresTests(PostgresApi api) : AcceptedSuite(api);
