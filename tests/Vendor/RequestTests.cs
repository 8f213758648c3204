using System.Text.Json;
using System.Text.Json.Nodes;
using Orleans.Workflow.Testing.Vendors;

namespace Orleans.Workflow.Vendor.Tests;

/// <summary>What is sent, and what is made of the answers.</summary>
public sealed class RequestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_asked_for_as_documented()
    {
        await using var api = await ClientFixture.StartAsync();

        await api.Verify();

        var request = api.Server.Requests[0];
        (request.Path, request.Authorization, request.ContentType).ShouldBe(
            ("/service/cloud/auth", string.Empty, "application/json")
        );
        ShouldBe(
            request,
            """{"APPKey":"the-key-of-the-application","APPSecret":"the-secret-of-the-application-0123456789"}"""
        );
    }

    [Fact]
    public async Task A_push_is_verified_as_documented()
    {
        await using var api = await ClientFixture.StartAsync();
        api.Server.IsGenuine = static push => (string?)push["case_id"] == "case-1";

        (await api.Verify()).ShouldBeTrue();
        var other = new VerifyPushRequest
        {
            WorkflowId = "w",
            NodeId = "n",
            Callee = "15550100001",
        };
        (await api.Client.VerifyPush(other, Token)).ShouldBeFalse();

        var requests = api.Server.Requests;
        requests[1].Authorization.ShouldBe($"Token {VendorServer.TokenMark}1");
        ShouldBe(
            requests[1],
            """{"workflow_id":"workflow-1","node_id":"node-1","callee":"+15550100001","case_id":"case-1"}"""
        );
        requests[1].Text.ShouldContain("\"+15550100001\"", customMessage: "a plus sign is sent as it is");
        ShouldBe(requests[2], """{"workflow_id":"w","node_id":"n","callee":"15550100001"}""");
    }

    [Fact]
    public async Task A_workflow_is_created_and_all_of_the_answer_is_kept()
    {
        await using var api = await ClientFixture.StartAsync();

        var created = await api.Client.CreateWorkflow(
            new CreateWorkflowRequest
            {
                WorkflowTemplateId = 12,
                Name = "Campaign",
                EndTime = VendorTime.Write(new DateTimeOffset(2026, 1, 31, 18, 0, 0, TimeSpan.FromHours(8))),
                AutoFinish = 1,
            },
            Token
        );

        ShouldBe(
            api.Server.Requests[^1],
            """
            {"workflow_template_id":12,"name":"Campaign","end_time":"2026-01-31 18:00:00+08:00","auto_finish":1}
            """
        );
        created.WorkflowId.ShouldBe("created-1");
        created.Answer.Code.ShouldBe(200);
        created.Answer.Data!.Value.GetProperty("new_field")[0].GetInt32().ShouldBe(1);
        created.Answer.Json.GetProperty("also").GetProperty("new").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Details_are_uploaded()
    {
        await using var api = await ClientFixture.StartAsync();

        var answer = await api.Client.UploadDetails(
            new UploadDetailsRequest
            {
                WorkflowId = "w",
                Details =
                [
                    new WorkflowDetail
                    {
                        Callee = "+15550100001",
                        Variables = new Dictionary<string, string> { ["First Name"] = "Ä" },
                    },
                    new WorkflowDetail { Callee = "+15550100002" },
                ],
            },
            Token
        );

        ShouldBe(
            api.Server.Requests[^1],
            """
            {"workflow_id":"w","details":[{"callee":"+15550100001","variables":{"First Name":"Ä"}},
             {"callee":"+15550100002"}]}
            """
        );
        answer.Message.ShouldBe("2 uploaded");
        answer.Data.ShouldBeNull();
    }

    [Fact]
    public async Task Workflows_of_a_person_and_details_of_a_task_are_asked_for()
    {
        await using var api = await ClientFixture.StartAsync();

        var found = await api.Client.FindWorkflows(
            new FindWorkflowsRequest
            {
                CaseId = "c",
                StartTime = "from",
                EndTime = "to",
            },
            Token
        );
        ShouldBe(api.Server.Requests[^1], """{"case_id":"c","start_time":"from","end_time":"to"}""");
        found.Data!.Value.GetProperty("list")[0].GetProperty("workflow_id").GetString().ShouldBe("found-1");

        var details = await api.Client.GetTaskDetails(
            new TaskDetailsRequest { Fields = { ["task_id"] = JsonElement.Parse("\"t\"") } },
            Token
        );
        ShouldBe(api.Server.Requests[^1], """{"task_id":"t"}""");
        details.DataText("hangup_reason").ShouldBe("12");
    }

    [Fact]
    public async Task An_sms_is_sent_and_its_success_is_code_0()
    {
        await using var api = await ClientFixture.StartAsync();
        var sms = new SendSmsRequest
        {
            To = ["+15550100001"],
            Message = "Hello",
            From = "Us",
            CallbackUrl = new Uri("https://example.test/sms"),
        };

        (await api.Client.SendSms(sms, Token)).DataText("id").ShouldBe("sms-1");

        ShouldBe(
            api.Server.Requests[^1],
            """{"to":["+15550100001"],"message":"Hello","from":"Us","callbackUrl":"https://example.test/sms"}"""
        );
        api.Server.Misbehave(VendorServer.Sms, VendorServer.WithCode(200), VendorServer.WithCode(500));
        foreach (var code in (int[])[200, 500])
            (await ClientFixture.FailureOf(() => api.Client.SendSms(sms, Token))).ShouldSatisfyAllConditions(
                failed => failed.Failure.ShouldBe(VendorFailure.Refused),
                failed => failed.Code.ShouldBe(code)
            );
    }

    [Fact]
    public async Task The_scheme_of_the_token_is_configured()
    {
        await using var api = await ClientFixture.StartAsync(scheme: "Bearer");
        api.Server.Scheme = "Bearer";

        (await api.Verify()).ShouldBeTrue();

        api.Server.Requests[^1].Authorization.ShouldBe($"Bearer {VendorServer.TokenMark}1");
    }

    private static void ShouldBe(VendorRequest request, string json) =>
        JsonNode.DeepEquals(request.Json, JsonNode.Parse(json)).ShouldBeTrue(request.Text);
}
