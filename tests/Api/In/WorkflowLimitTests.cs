using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using static Orleans.Workflow.Api.Tests.Http.Report;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>A workflow that holds as much as it may.</summary>
public sealed class WorkflowLimitTests
{
    [Fact]
    public async Task At_the_limit_a_new_node_is_refused_with_its_path_the_limit_and_the_setting_and_is_kept()
    {
        using var file = new SqliteFile();
        await using var api = await ApiProcess.StartAsync(file, "--Workflows:MaxNodes=2");
        var id = NewId();
        await api.Client.ReportAsync(Report.Workflow(id, actions: [Node("a"), Node("b")]));

        var problem = (
            await api.Client.NotifyAsync(Report.Workflow(id, actions: [Node("a"), Node("c")]))
        ).ExpectProblem(400, "$.actions[1].nodetask_id");

        problem
            .Word("detail")
            .ShouldBe(
                "The workflow would have more than 2 node tasks, which is the limit (Workflows:MaxNodes). Those "
                    + "that are known still change."
            );
        problem.Word("rejection_id").ShouldNotBeNull();
        (
            await api.Client.ReportAsync(
                Report.Workflow(id, "finished", actions: [Node("b", task: "t", status: "finished")])
            )
        )
            .Header("X-Workflow-Version")
            .ShouldBe("2");
    }
}
