using System.Text.Json;
using Orleans.Workflow.Console.Tests.Traffic;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Console.Tests.Hosting;

/// <summary>Addresses of pages, of things that are there.</summary>
internal static class ConsolePages
{
    /// <summary>One of each page, by name.</summary>
    public static async Task<IReadOnlyList<(string Name, string Path)>> PagesAsync(this ConsoleFixture console)
    {
        await console.WhenCountedAsync();
        var workflow = await console.ConflictAsync();
        var campaign = $"/console/workflows/{console.Campaign.Id}";
        return
        [
            ("overview", "/console"),
            ("workflows", "/console/workflows"),
            ("search", "/console/workflows?q=pay&attention=conflicting_outcome"),
            ("workflow", $"/console/workflows/{workflow}"),
            ("wide", $"/console/workflows/{WideTraffic.Id}"),
            ("explanation", $"/console/workflows/{workflow}/explain"),
            ("campaign", campaign),
            ("facts", $"{campaign}/facts"),
            ("node-facts", $"{campaign}/nodes/{console.Campaign.Calls}/facts?kind=call_completion&value=14"),
            ("person", $"/console/facts?callee={Uri.EscapeDataString(FactTraffic.Number(7))}"),
            ("vocabulary", "/console/vocabulary"),
            ("sources", "/console/sources"),
            ("refused", "/console/refused"),
            ("actions", "/console/actions"),
            ("health", "/console/health"),
        ];
    }

    /// <summary>Waits until the overview has all its numbers: the first count takes a moment.</summary>
    public static async Task WhenCountedAsync(this ConsoleFixture console)
    {
        using var http = new HttpClient { BaseAddress = console.Address };
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var overview = new Uri("/console", UriKind.Relative);
        while ((await http.GetStringAsync(overview, deadline.Token)).Contains("Counting", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(250), deadline.Token);
    }

    /// <summary>The id of a workflow with two contradicting outcomes.</summary>
    public static async Task<string> ConflictAsync(this ConsoleFixture console)
    {
        using var http = new HttpClient(new ContractHandler()) { BaseAddress = console.Address };
        using var list = JsonDocument.Parse(
            await http.GetStringAsync(new Uri("/workflows?attention=conflicting_outcome&limit=100", UriKind.Relative))
        );
        return list
            .RootElement.GetProperty("items")
            .EnumerateArray()
            .Where(static item => !IsWide(item.GetProperty("workflow_name").GetString()!))
            .OrderByDescending(static item => item.GetProperty("node_types").GetArrayLength())
            .First()
            .GetProperty("workflow_id")
            .GetString()!;
    }

    private static bool IsWide(string name) => name.StartsWith("Wide", StringComparison.Ordinal);
}
