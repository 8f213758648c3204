using System.Text.Encodings.Web;
using System.Text.Json;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>The state of a workflow and of a node.</summary>
public abstract class StateSuite(ApiFixture api)
{
    private static readonly JsonSerializerOptions Unescaped = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public async Task The_state_is_as_the_contract_has_it()
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(
            Report.Workflow(
                id,
                "In Progress",
                "Größe",
                Report.Node("n2", task: "t", status: "Finished"),
                Report.Node("n1", "SMS", "sms"),
                Report.Node("n3", status: "paused")
            )
        );

        var state = (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200).Json;

        var times = (string[])["first_received_at", "last_received_at", "last_changed_at"];
        times
            .Select(name => state.Word(name)!)
            .ShouldAllBe(time =>
                System.Text.RegularExpressions.Regex.IsMatch(time, @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            );
        var rest = times.Aggregate(JsonSerializer.Serialize(state, Unescaped), (text, name) =>
            text.Replace($"\"{name}\":\"{state.Word(name)}\",", "", StringComparison.Ordinal)
        );
        rest.ShouldBe(
            OneLine(
                $$$"""
                {"workflow_id":"{{{id}}}","workflow_name":"Größe",
                "status":"In Progress","phase":"active","outcome":null,"contested":[],"version":1,"attention":[],
                "nodes":[
                {"nodetask_id":"n1","nodetask_name":"SMS","node_type":"sms",
                "status":null,"phase":null,"outcome":null,"version":1,"tasks":[],"facts":{}},
                {"nodetask_id":"n2","nodetask_name":"Voicebot","node_type":"call",
                "status":"Finished","phase":"ended","outcome":"completed","version":1,
                "tasks":[{"task_id":"t","status":"Finished","phase":"ended","outcome":"completed","contested":[]}],
                "facts":{}},
                {"nodetask_id":"n3","nodetask_name":"Voicebot","node_type":"call",
                "status":"paused","phase":"active","outcome":null,"version":1,
                "tasks":[{"task_id":null,"status":"paused","phase":"active","outcome":null,"contested":[]}],
                "facts":{}}],
                "facts":{}}
                """
            )
        );
    }

    [Fact]
    public async Task Attention_and_contested_words_are_shown()
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(
            Report.Workflow(id, "finished", "A", Report.Node("n", task: "t", status: "running"))
        );
        await api.Client.ReportAsync(Report.Workflow(id, "failed", "A"));

        var state = (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200).Json;

        (state.Word("status"), state.Word("outcome")).ShouldBe(("failed", "failed"));
        state.Items("contested").Select(static word => word.GetString()).ShouldBe(["failed", "finished"]);
        state
            .GetProperty("attention")
            .GetRawText()
            .ShouldBe(
                OneLine(
                    """
                    [{"kind":"conflicting_outcome","subject":{"nodetask_id":null,"task_id":null},
                    "detail":["failed","finished"]},
                    {"kind":"unfinished_tasks","subject":{"nodetask_id":"n","task_id":"t"},"detail":["running"]}]
                    """
                )
            );
    }

    [Theory]
    [InlineData("W/\"1\"", 304)]
    [InlineData("\"1\"", 304)]
    [InlineData("*", 304)]
    [InlineData("W/\"7\", \"x\" , W/\"1\"", 304)]
    [InlineData("W/\"2\"", 200)]
    [InlineData("W/\"11\", \"x\"", 200)]
    [InlineData("1", 200)]
    [InlineData("nonsense\"", 200)]
    public async Task A_state_that_is_known_is_not_sent_again(string ifNoneMatch, int status)
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(Report.Workflow(id));

        var reply = (await api.Client.GetAsync(ApiClient.Of(id), ("If-None-Match", ifNoneMatch))).Expect(status);

        reply.Header("ETag").ShouldBe("W/\"1\"");
        reply.Body.Length.ShouldBe(status == 304 ? 0 : reply.Body.Length);
    }

    [Fact]
    public async Task The_tag_changes_with_the_version_only()
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(Report.Workflow(id));
        await api.Client.ReportAsync(Report.Workflow(id));
        (await api.Client.GetAsync(ApiClient.Of(id), ("If-None-Match", "W/\"1\""))).Expect(304);

        await api.Client.ReportAsync(Report.Workflow(id, "finished"));

        (await api.Client.GetAsync(ApiClient.Of(id), ("If-None-Match", "W/\"1\"")))
            .Expect(200)
            .Header("ETag")
            .ShouldBe("W/\"2\"");
    }

    [Fact]
    public async Task A_node_is_answered_by_its_own_grain()
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(
            Report.Workflow(
                id,
                "running",
                "A",
                Report.Node("n", "Call 1", "call", "t", "running"),
                Report.Node("m", "SMS 1", "sms")
            )
        );
        await api.Client.ReportAsync(
            Report.Workflow(id, "running", "A", Report.Node("n", "Call 1", "call", "t", "finished"))
        );

        var nodes = (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200).Json.Items("nodes");
        foreach (var node in nodes)
        {
            (await api.Client.GetAsync($"{ApiClient.Of(id)}/nodes/{node.Word("nodetask_id")}"))
                .Expect(200)
                .Text.ShouldBe(node.GetRawText());
        }

        nodes.Select(static node => node.Number("version")).ShouldBe([1, 2]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/nodes/n")]
    [InlineData("/history")]
    [InlineData("/receipts")]
    public async Task What_is_not_known_is_not_found(string rest) =>
        (await api.Client.GetAsync(ApiClient.Of(Report.NewId()) + rest)).ExpectProblem(404);

    [Fact]
    public async Task A_node_that_its_workflow_does_not_know_is_not_found()
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(Report.Workflow(id, "running", "A", Report.Node("n")));

        (await api.Client.GetAsync($"{ApiClient.Of(id)}/nodes/N")).ExpectProblem(404);
    }

    [Theory]
    [InlineData("/workflows/%ED%A0%80", "workflow_id")]
    [InlineData("/workflows/a%FFb/history", "workflow_id")]
    [InlineData("/workflows/a%FFb/receipts", "workflow_id")]
    [InlineData("/workflows/a%FFb/nodes/n", "workflow_id")]
    [InlineData("/workflows/a/nodes/%C0%AF", "nodetask_id")]
    [InlineData("/receipts/7", "receipt_id")]
    public async Task An_invalid_id_is_refused_by_name(string path, string name) =>
        (await api.Client.GetAsync(path)).ExpectProblem(400, name);

    [Theory]
    [InlineData("/nowhere", 404)]
    [InlineData("/workflows/a/b/c", 404)]
    [InlineData(ApiClient.Webhook, 405)]
    public async Task Other_routes_are_problems_too(string path, int status) =>
        (await api.Client.GetAsync(path)).ExpectProblem(status);

    [Fact]
    public async Task The_service_says_that_it_lives_and_is_ready()
    {
        (await api.Client.GetAsync("/health/live")).Expect(200).Text.ShouldBe("Healthy");
        (await api.Client.GetAsync("/health/ready")).Expect(200).Text.ShouldBe("Healthy");
    }

    private static string OneLine(string text) => text.ReplaceLineEndings("");
}

[Collection(OnSqlite.Name)]
public sealed class StateOnSqliteTests(SqliteApi api) : StateSuite(api);

[Collection(OnPostgres.Name)]
public sealed class StateOnPostgresTests(PostgresApi api) : StateSuite(api);
