using System.Text;
using System.Text.Json;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Api.Tests.Security;

namespace Orleans.Workflow.Api.Tests.Operators;

/// <summary>What operators do, and the rows that are written of it.</summary>
[Collection(OnGuarded.Name)]
public sealed class ActionTests(GuardedApi api)
{
    [Fact]
    public async Task Each_action_leaves_a_row_that_says_who_did_what_from_where_with_which_result()
    {
        var workflow = Report.NewId();
        foreach (var status in (string[])["finished", "failed"])
            (await Send(Body(workflow, status))).Expect(200);

        var refused = (await Send($$"""{"workflow_id":"{{workflow}}"}""")).Expect(400).Json.Word("rejection_id")!;
        await Post($"/console/workflows/{workflow}/review", "action=acknowledge&seen=1&note=Called+the+vendor", 302);
        await Post($"/console/workflows/{workflow}/review", "action=note&note=They+look", 302);
        await Post($"/console/workflows/{workflow}/review", "action=snooze&seen=1&hours=4", 302);
        await Post($"/console/workflows/{workflow}/review", "action=reopen", 302);
        await Post($"/console/refused/{refused}/resend", "", 302);
        var erasure = await api.Client.PostAsync(
            Encoding.UTF8.GetBytes("""{"callee":"+15550199"}"""),
            "/admin/erasures",
            headers: [GuardedApi.Key(GuardedApi.AdminKey)]
        );
        erasure.Expect(200);
        (await api.Client.PostAsync([], "/admin/refold", headers: [GuardedApi.Key(GuardedApi.AdminKey)])).Expect(200);

        var ofWorkflow = await List($"?subject={workflow}");
        ofWorkflow
            .Select(static item => (item.Word("action"), item.Word("detail"), item.Word("result")))
            .ShouldBe([
                ("reopen", null, "done"),
                ("snooze", null, "done"),
                ("note", "They look", "done"),
                ("acknowledge", "Called the vendor", "done"),
            ]);
        var all = await List("?limit=100");
        all.Take(2).Select(static item => item.Word("action")).ShouldBe(["refold", "erase"]);
        all[1].Word("subject").ShouldBeNull("the person is not named");
        all[1].Word("result").ShouldBe("0 facts, 0 refused requests");
        var resend = all.First(item => item.Word("subject") == refused);
        resend.Word("result").ShouldBe("$.status: The field status is required.");
        foreach (var item in ofWorkflow.Append(resend))
            (item.Word("name"), item.Word("role"), item.Word("address")).ShouldBe(("shift", "operate", "127.0.0.1"));
    }

    [Fact]
    public async Task The_actions_are_paged_without_gaps()
    {
        var workflow = Report.NewId();
        (await Send(Body(workflow, "running"))).Expect(200);
        for (var i = 0; i < 5; i++)
            await Post($"/console/workflows/{workflow}/review", $"action=note&note={i}", 302);

        var notes = new List<string?>();
        string? cursor = null;
        do
        {
            var page = await Page($"?subject={workflow}&limit=2{(cursor is null ? null : $"&cursor={cursor}")}");
            notes.AddRange(page.Json.Items("items").Select(static item => item.Word("detail")));
            cursor = page.Json.Word("next_cursor");
        } while (cursor is not null);

        notes.ShouldBe(["4", "3", "2", "1", "0"]);
    }

    [Theory]
    [InlineData("action=approve", "action must be one of")]
    [InlineData("action=note", "a note at least one")]
    [InlineData("action=acknowledge", "seen must be")]
    [InlineData("action=snooze&seen=1&hours=2", "hours must be one of: 1, 4, 24, 168")]
    public async Task An_invalid_form_says_what_is_wrong_and_leaves_no_row(string form, string problem)
    {
        var workflow = Report.NewId();
        (await Send(Body(workflow, "running"))).Expect(200);

        (await Post($"/console/workflows/{workflow}/review", form, 400)).Text.ShouldContain(problem, Case.Sensitive);

        (await List($"?subject={workflow}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_workflow_that_nobody_knows_can_not_be_reviewed() =>
        await Post($"/console/workflows/{Report.NewId()}/review", "action=note&note=x", 404);

    private static string Body(string workflow, string status) =>
        $$"""{"workflow_id":"{{workflow}}","workflow_name":"Winter","status":"{{status}}","actions":[]}""";

    private Task<Reply> Send(string body) =>
        api.Client.PostAsync(Encoding.UTF8.GetBytes(body), "/webhooks/near/workflow-status");

    private async Task<Reply> Post(string path, string form, int status)
    {
        var reply = await api.Client.PostAsync(
            Encoding.UTF8.GetBytes(form),
            path,
            "application/x-www-form-urlencoded",
            GuardedApi.Key(GuardedApi.OperateKey)
        );
        reply.Status.ShouldBe(status, reply.Text);
        return reply;
    }

    private async Task<List<JsonElement>> List(string query) => [.. (await Page(query)).Json.Items("items")];

    private async Task<Reply> Page(string query) =>
        (await api.Client.GetAsync($"/admin/actions{query}", GuardedApi.Key(GuardedApi.AdminKey))).Expect(200);
}
