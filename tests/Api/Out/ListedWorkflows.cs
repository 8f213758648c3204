using System.Text.Json;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>
/// Three hundred workflows to list: names, words, types and oddities cross each other, and many are equal in every
/// order.
/// </summary>
internal static class ListedWorkflows
{
    public const int Count = 300;

    /// <summary>Every name begins with this and no other test's does.</summary>
    public const string Prefix = "listed ";

    private static readonly string[] Statuses =
    [
        "Creating",
        "running",
        "In_Progress",
        "paused",
        "mystery",
        "finished",
        "Stopped",
        "failed",
    ];

    // Line breaks, quotes, and letters that sort apart by code point, by UTF-16 and by language.
    private static readonly string[] Names =
    [
        "Listed autumn",
        "LISTED AUTUMN",
        "listed \nb",
        "listed \r\nb",
        "listed  b",
        "listed 😀",
        "listed \uFFFD",
        "listed \u00E9",
        "listed e\u0301",
        "listed \"'%_\\",
        "listed " + new string('\u6F22', 1017),
    ];

    private static readonly string[] NodeTypes = ["call", "sms", "Call", "wh\"ats", "%"];

    public static string Id(string run, int number) => $"{run}/{number:000}\n";

    /// <summary>Sends all of them, several at once.</summary>
    public static async Task ReportAsync(ApiClient client, string run) =>
        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
        {
            await client.ReportAsync(Of(run, number));
            if (number % 11 == 0)
                await client.ReportAsync(Of(run, number) with { Status = "error" });
        });

    /// <summary>The items of the list that are ours.</summary>
    public static bool IsOurs(JsonElement item) =>
        item.Word("workflow_name")!.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    private static StatusChange Of(string run, int number)
    {
        var type = NodeTypes[number % NodeTypes.Length];
        return Report.Workflow(
            Id(run, number),
            Statuses[number % Statuses.Length],
            Names[number % Names.Length],
            Report.Node("a", "A", type, "t", number % 3 == 0 ? "running" : "finished"),
            Report.Node("b", "B", number % 2 == 0 ? "sms" : type)
        );
    }
}
