using System.Text;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Samples;

/// <summary>The sample of a client without HTTP does what it says.</summary>
public sealed class OrleansClientTests
{
    private const string WorkflowId = "sample/7b";

    [Fact]
    public async Task It_prints_a_workflow_as_soon_as_it_has_ended()
    {
        await using var cluster = await ProcessCluster.StartAsync(silos: 2, apis: 1);
        await using var sample = ServiceProcess.Start(
            WorkingCopy.Sample("OrleansClient"),
            [WorkflowId],
            [new("ConnectionStrings__Workflows", cluster.Connection)]
        );
        using var http = new HttpClient(new ContractHandler()) { BaseAddress = cluster.Apis.Single().Address };
        await Send(http, "running", "running");
        sample.HasExited.ShouldBeFalse(sample.Output.ToString());

        await Send(http, "finished", "done");

        await sample
            .WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken);
        sample.ExitCode.ShouldBe(0, sample.Output.ToString());
        var output = sample.Output.ToString();
        output.ShouldContain($"{WorkflowId} Autumn: finished (Ended, Completed), version 2");
        output.ShouldContain("  n1 Voicebot (call): done");
        output.ShouldContain("  n2 Text (sms): no task yet");
    }

    private static async Task Send(HttpClient http, string status, string taskStatus)
    {
        using var body = new StringContent(
            $$"""
            {"workflow_id":"{{WorkflowId}}","workflow_name":"Autumn","status":"{{status}}","actions":[
              {"nodetask_id":"n1","nodetask_name":"Voicebot","node_type":"call",
               "task_id":"t","task_status":"{{taskStatus}}"},
              {"nodetask_id":"n2","nodetask_name":"Text","node_type":"sms"}]}
            """,
            Encoding.UTF8,
            "application/json"
        );
        (
            await http.PostAsync(new Uri("/webhooks/airudder/workflow-status", UriKind.Relative), body)
        ).EnsureSuccessStatusCode();
    }
}
