using System.Text.Json;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Tests.Ids;

/// <summary>Ids are opaque and compared byte for byte, everywhere, also after a crash.</summary>
public abstract class UnusualIdSuite(ApiFixture api)
{
    private const string Prefix = "unusual ";

    [Fact]
    public async Task Unusual_ids_are_different_workflows_with_their_own_nodes()
    {
        UnusualIds.All.Distinct(StringComparer.Ordinal).Count().ShouldBe(UnusualIds.All.Count);
        var receipts = new string[UnusualIds.All.Count];
        await ForAll(
            async (id, number) =>
            {
                var reply = await api.Client.ReportAsync(
                    Report.Workflow(id, "running", $"{Prefix}{number}", [.. Nodes(number)])
                );
                (reply.Header("X-Effect"), reply.Header("X-Workflow-Version")).ShouldBe(("advanced", "1"), Shown(id));
                receipts[number] = reply.Header("X-Receipt-Id")!;
            }
        );

        await ShouldAllBeThere(receipts);

        await api.Process.KillAndStartAgainAsync();

        await ShouldAllBeThere(receipts);
        await ForAll(
            async (id, number) =>
            {
                var reply = await api.Client.ReportAsync(
                    Report.Workflow(id, "running", $"{Prefix}{number}", [.. Nodes(number)])
                );
                (reply.Header("X-Effect"), reply.Header("X-Workflow-Version")).ShouldBe(("duplicate", "1"), Shown(id));
            }
        );
    }

    [Fact]
    public async Task Unusual_node_ids_of_one_workflow_are_different_nodes()
    {
        var id = Report.NewId();
        var nodes = UnusualIds.All.Select(
            static (node, number) => Report.Node(node, $"node {number}", "call", node, "running")
        );
        await api.Client.ReportAsync(Report.Workflow(id, "running", "A", [.. nodes]));

        var state = (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200).Json;

        state
            .Items("nodes")
            .Select(static node => node.Word("nodetask_id"))
            .ShouldBe(UnusualIds.All.Order(StringComparer.Ordinal));
        await ForAll(
            async (nodeId, number) =>
            {
                var node = (await api.Client.GetAsync($"{ApiClient.Of(id)}/nodes/{Uri.EscapeDataString(nodeId)}"))
                    .Expect(200)
                    .Json;
                (node.Word("nodetask_id"), node.Word("nodetask_name"), node.Items("tasks")[0].Word("task_id")).ShouldBe(
                    (nodeId, $"node {number}", nodeId)
                );
            }
        );
    }

    private static IEnumerable<StatusChangeAction> Nodes(int number)
    {
        // The same node ids in every workflow, and another's workflow id among them.
        var other = UnusualIds.All[(number + 1) % UnusualIds.All.Count];
        return
        [
            Report.Node("shared", $"shared {number}"),
            Report.Node("a/b", $"slash {number}"),
            Report.Node(other.Length < 128 ? $"~{other}" : other, $"other {number}"),
        ];
    }

    private static Task ForAll(Func<string, int, Task> act) =>
        Parallel.ForAsync(
            0,
            UnusualIds.All.Count,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (number, _) => await act(UnusualIds.All[number], number)
        );

    private static string Shown(string id) => JsonSerializer.Serialize(id);

    private async Task ShouldAllBeThere(string[] receipts)
    {
        await ForAll((id, number) => ShouldBeThere(id, number, receipts[number]));

        var listed = await Pages.ReadAllAsync(
            api.Client,
            $"/workflows?sort=name&name={Uri.EscapeDataString(Prefix)}",
            10
        );
        listed
            .ToDictionary(
                static item => item.Word("workflow_id")!,
                static item => item.Word("workflow_name"),
                StringComparer.Ordinal
            )
            .ShouldBe(
                UnusualIds.All.Select((id, number) => KeyValuePair.Create(id, (string?)$"{Prefix}{number}")),
                ignoreOrder: true
            );
    }

    private async Task ShouldBeThere(string id, int number, string receipt)
    {
        var path = ApiClient.Of(id);
        var state = (await api.Client.GetAsync(path)).Expect(200).Json;
        (state.Word("workflow_id"), state.Word("workflow_name"), state.Number("version")).ShouldBe(
            (id, $"{Prefix}{number}", 1)
        );
        state.Items("nodes").Count.ShouldBe(3);
        foreach (var expected in state.Items("nodes"))
        {
            expected.Word("nodetask_name")!.Split(' ')[1].ShouldBe(number.ToString(), Shown(id));
            var node = await api.Client.GetAsync($"{path}/nodes/{Uri.EscapeDataString(expected.Word("nodetask_id")!)}");
            node.Expect(200).Text.ShouldBe(expected.GetRawText());
        }

        var receipts = (await api.Client.GetAsync($"{path}/receipts")).Expect(200).Json.Items("items");
        receipts[0].Word("receipt_id").ShouldBe(receipt, Shown(id));
        receipts.ShouldAllBe(item => item.Word("workflow_id") == id);
        var history = (await api.Client.GetAsync($"{path}/history")).Expect(200).Json.Items("items");
        history.ShouldAllBe(item => item.Word("receipt_id") == receipt);
    }
}

[Collection(OnSqlite.Name)]
public sealed class UnusualIdsOnSqliteTests(SqliteApi api) : UnusualIdSuite(api);

[Collection(OnPostgres.Name)]
public sealed class UnusualIdsOnPostgresTests(PostgresApi api) : UnusualIdSuite(api);
