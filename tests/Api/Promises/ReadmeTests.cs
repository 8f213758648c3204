using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Promises;

/// <summary>What the README promises after a fresh clone.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_vendors_example_is_taken_shown_and_survives_a_crash()
    {
        var folder = Directory.CreateTempSubdirectory("orleans-workflow-readme-");
        try
        {
            await using var api = await ApiProcess.StartAsync(folder.FullName);

            var reply = (await api.Client.PostAsync(VendorExample.Body)).Expect(200);
            (reply.Text, reply.Header("X-Effect"), reply.Header("X-Workflow-Version")).ShouldBe(
                ("{}", "advanced", "1")
            );
            var before = await ShouldShowTheExample(api);

            await api.KillAndStartAgainAsync();

            (await ShouldShowTheExample(api)).ShouldBe(before);
            (await api.Client.PostAsync(VendorExample.Body)).Expect(200).Header("X-Effect").ShouldBe("duplicate");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> ShouldShowTheExample(ApiProcess api)
    {
        var reply = (await api.Client.GetAsync($"/workflows/{VendorExample.WorkflowId}")).Expect(200);
        var state = reply.Json;
        (state.Word("status"), state.Word("phase"), state.Word("outcome")).ShouldBe(("finished", "ended", "completed"));
        var nodes = state.Items("nodes");
        nodes
            .Select(static node => node.Word("nodetask_name"))
            .ShouldBe(["SMS1_de09d6", "Voicebot Call2_c3d53d", "Voicebot Call1_a9c2ad"], ignoreOrder: true);
        foreach (var node in nodes)
        {
            var isSms = node.Word("nodetask_id") == VendorExample.SmsNode;
            (node.Word("node_type"), node.Items("tasks").Count, node.Word("outcome")).ShouldBe(
                isSms ? ("sms", 0, null) : ("call", 1, "completed")
            );
        }

        return reply.Text;
    }
}
