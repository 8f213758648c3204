using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orleans.Workflow.Cluster.Tests.Upgrades;

/// <summary>Asks everything that the API answers and that depends neither on the time nor on the process.</summary>
/// <param name="product">Where it asks.</param>
internal sealed class UpgradeQuestions(UpgradeProduct product)
{
    public const string Feed = "/events?last_event_id=0&include=workflow";

    private static readonly string[] Filters =
    [
        "",
        "&phase=scheduled",
        "&phase=active",
        "&phase=ended",
        "&outcome=completed",
        "&outcome=cancelled",
        "&outcome=failed",
        "&status=running",
        "&status=finished",
        "&status=on%20hold",
        "&status=telepathy",
        "&name=aut",
        "&name=%C3%84",
        "&name=zzz",
        "&attention=conflicting_outcome",
        "&attention=unfinished_tasks",
        "&attention=unrecognised_status",
        "&attention=several_sources",
        "&node_type=call",
        "&node_type=T%2F%C3%9F",
        "&phase=ended&attention=conflicting_outcome",
        "&phase=active&status=telepathy&name=aut",
        "&workflow_id=a%2Fb",
        "&silent_for=1ms",
        "&silent_for=1ms&name=aut",
    ];

    private readonly List<RecordedResponse> _answers = [];

    /// <summary>Asks, and gives all answers.</summary>
    /// <param name="hidden">Ids of workflows that no list shows.</param>
    public async Task<IReadOnlyList<RecordedResponse>> AskAllAsync(IEnumerable<string> hidden)
    {
        var listed = await ItemsAsync("/workflows?limit=1000");
        var middle = Uri.EscapeDataString(Text(listed[listed.Length / 2], "last_changed_at")!);
        string[] filters = [.. Filters, $"&changed_after={middle}", $"&changed_before={middle}&name=aut"];
        foreach (var filter in filters)
        {
            foreach (var sort in (string[])["changed_at", "-changed_at", "name", "first_received_at"])
                await AskAsync($"/workflows?sort={sort}&limit=9{filter}");

            foreach (var grouping in (string[])["phase", "status", "outcome", "name"])
                await AskAsync($"/workflow-counts?group_by={grouping}{filter}");
        }

        foreach (var id in listed.Select(static row => Text(row, "workflow_id")!).Concat(hidden))
            await AskOfWorkflowAsync(id);

        await AskAsync("/workflow-counts?group_by=status&limit=2");
        await AskAsync("/vocabulary?limit=7");
        await AskAsync("/admin/refold");
        var refused = await AskAsync("/console/refused");
        foreach (Match page in Regex.Matches(refused.Parts[0], "/console/refused/[0-9a-f-]+"))
            (await AskAsync(page.Value)).Status.ShouldBe(200, page.Value);

        // Positions are in the order of the commits, which wait for each other here.
        var last = listed.MaxBy(static row => Text(row, "last_changed_at"), StringComparer.Ordinal);
        await FollowAsync(Feed, change =>
            Text(change, "workflow_id") == Text(last, "workflow_id") && VersionOf(change) == VersionOf(last)
        );
        return _answers;
    }

    /// <summary>The path of something of a workflow; an id that a path can't hold is in the query.</summary>
    public static string PathOf(string workflowId, string rest = "", string query = "")
    {
        var escaped = Uri.EscapeDataString(workflowId);
        return workflowId is "-" or "." or ".."
            ? $"/workflows/-{rest}?workflow_id={escaped}{query}"
            : $"/workflows/{escaped}{rest}{(query.Length > 0 ? $"?{query[1..]}" : "")}";
    }

    private async Task AskOfWorkflowAsync(string id)
    {
        var state = await AskAsync(PathOf(id));
        await AskAsync(PathOf(id, "/explain"));
        await AskAsync(PathOf(id, "/history", "&limit=40"));

        // Of what a large workflow was before only a little: each of its states is long.
        var isLarge = state.Parts is [{ Length: > 50_000 }];
        var receipts = await ItemsAsync(PathOf(id, "/receipts", "&limit=5"));
        for (var i = 0; i < receipts.Length; i++)
        {
            await AskAsync($"/receipts/{Text(receipts[i], "receipt_id")}");
            if (!isLarge || i == receipts.Length / 2)
                await AskAsync(PathOf(id, "", $"&as_of={Uri.EscapeDataString(Text(receipts[i], "received_at")!)}"));
        }

        if (state.Status != 200)
            return;

        var shown = JsonSerializer.Deserialize<JsonElement>(state.Parts[0]);
        var version = VersionOf(shown);
        for (var earlier = Math.Max(1, version - (isLarge ? 1 : 4)); earlier <= version + 1; earlier++)
            await AskAsync(PathOf(id, "", $"&as_of_version={earlier.ToString(CultureInfo.InvariantCulture)}"));

        await AskAsync(PathOf(id, "/explain/overruled", "&limit=3"));
        await AskAsync(PathOf(id, "/explain/overruled", "&limit=3&name=workflow_name"));
        var nodes = shown.GetProperty("nodes").EnumerateArray().ToImmutableArray();

        // Of many nodes the first, the last and some between.
        for (var i = 0; i < nodes.Length; i += Math.Max(1, (nodes.Length - 1) / 6))
            await AskOfNodeAsync(id, nodes[i]);

        await FollowAsync(PathOf(id, "/events", "&last_event_id=0"), change => VersionOf(change) == version);
    }

    private async Task AskOfNodeAsync(string id, JsonElement node)
    {
        var nodeId = Text(node, "nodetask_id")!;
        var escaped = Uri.EscapeDataString(nodeId);
        await AskAsync(
            nodeId is "-" or "." or ".." || PathOf(id).Contains('?', StringComparison.Ordinal)
                ? $"/workflows/-/nodes/-?workflow_id={Uri.EscapeDataString(id)}&nodetask_id={escaped}"
                : PathOf(id, $"/nodes/{escaped}")
        );
        foreach (var name in (string[])["nodetask_name", "node_type"])
            await AskAsync(PathOf(id, "/explain/overruled", $"&limit=3&nodetask_id={escaped}&name={name}"));

        foreach (var task in node.GetProperty("tasks").EnumerateArray())
        {
            var taskId = Text(task, "task_id") is { } given ? $"&task_id={Uri.EscapeDataString(given)}" : "";
            await AskAsync(PathOf(id, "/explain/overruled", $"&limit=3&nodetask_id={escaped}{taskId}"));
        }
    }

    private static long VersionOf(JsonElement element) => element.GetProperty("version").GetInt64();

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task<ImmutableArray<JsonElement>> ItemsAsync(string path) =>
        [
            .. (await AskAsync(path)).Parts.SelectMany(static page =>
                JsonSerializer.Deserialize<JsonElement>(page).GetProperty("items").EnumerateArray()
            ),
        ];

    private async Task<RecordedResponse> AskAsync(string path)
    {
        var answer = await product.AskAsync(path);
        _answers.Add(answer);
        return answer;
    }

    private async Task FollowAsync(string path, Func<JsonElement, bool> isLast)
    {
        var (_, answer) = await product.FollowAsync(path, (_, received) =>
            isLast(JsonSerializer.Deserialize<JsonElement>(received.Data))
        );
        _answers.Add(answer);
    }
}
