using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>The timeline draws what is known, ends what has ended, and says what it leaves out.</summary>
public sealed class TimelineTests(ConsoleFixture console)
{
    private const int Nodes = 6;

    [Fact]
    public async Task A_workflow_of_many_changes_is_drawn_from_beginning_to_end_and_its_nodes_for_the_latest_changes()
    {
        var id = await LongWorkflowAsync();
        await using var window = await console.Chromium.OpenAsync();

        var page = await window.GoAsync($"/console/workflows/{id}");

        var own = page.Locator(".lane.whole");
        (await TitlesAsync(own)).ShouldBe(["Not Started", "running", "Ended: finished"]);
        await Expect(own.Locator(".gap")).ToHaveCountAsync(0);
        (await PlaceAsync(own.Locator("rect").First, "x")).ShouldBe(2.4, 0.1);
        (await PlaceAsync(own.Locator(".end.completed"), "x")).ShouldBe(97.6, 0.1);
        var nodes = page.Locator(".lane:not(.scale, .received, .whole)");
        await Expect(nodes).ToHaveCountAsync(Nodes);
        foreach (var node in await nodes.AllAsync())
            (await PlaceAsync(node.Locator("rect").First, "x")).ShouldBe(
                await PlaceAsync(node.Locator(".gap"), "x2"),
                0.01
            );

        await Expect(page.Locator(".timeline .cut")).ToContainTextAsync("drawn from its beginning");
        await Expect(page.Locator(".changes .change-what").First).ToContainTextAsync("Workflow");
        await window.GoAsync($"/console/workflows/{id}?version=1");
        await Expect(page.Locator(".changes .change-what").First).ToContainTextAsync("Workflow");
        (await page.CodeInTextAsync()).ShouldBeEmpty();
        window.Complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("cancelled")]
    public async Task An_end_that_was_the_last_thing_to_happen_is_seen_in_the_colour_of_its_outcome(string word)
    {
        var id = CampaignModel.Hex($"console/end/{word}");
        await SendAsync(console.Sender, id, "running", "running");
        await SendAsync(console.Sender, id, word, "running");
        await using var window = await console.Chromium.OpenAsync();

        var page = await window.GoAsync($"/console/workflows/{id}");

        var end = page.Locator($".lane.whole .end.{word}");
        await Expect(end).ToHaveCountAsync(1);
        var seen = (await end.BoundingBoxAsync()).ShouldNotBeNull();
        ((double)seen.Width).ShouldBe(6, 0.5);
        ((double)seen.Height).ShouldBe(18, 0.5);
        var swatch = page.Locator($".legend .swatch.{word}");
        (await end.EvaluateAsync<string>("(end) => getComputedStyle(end).fill")).ShouldBe(
            await swatch.EvaluateAsync<string>("(swatch) => getComputedStyle(swatch).backgroundColor")
        );

        // Its node is still active: no receipt reported its end.
        await Expect(page.Locator(".lane:not(.scale, .received, .whole) .end")).ToHaveCountAsync(0);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_retention_removed_is_not_drawn_as_if_nothing_had_been_there()
    {
        await using var service = await ConsoleInstance.StartAsync(
            null,
            "--Retention:Receipts:MaxPerWorkflow=5",
            "--Retention:EverySeconds=1"
        );
        for (var i = 0; i < 20; i++)
            await SendAsync(service.Sender, "trimmed", "running", i % 2 == 0 ? "running" : "paused");

        await SendAsync(service.Sender, "trimmed", "finished", "finished");
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync(new Uri(service.Address, "/console/workflows/trimmed").ToString());

        // The page is live: it is read again until the removal is on it.
        var gaps = page.Locator(".lane:not(.scale, .received) .gap");
        await Expect(gaps).ToHaveCountAsync(2, new() { Timeout = 60_000 });

        (await TitlesAsync(page.Locator(".lane.whole"))).ShouldBe(["running", "Ended: finished"]);
        await Expect(page.Locator(".timeline .cut")).ToContainTextAsync("every change that is kept");
        window.Complaints.ShouldBeEmpty();
    }

    private static async Task<IEnumerable<string>> TitlesAsync(ILocator lane) =>
        (await lane.Locator("rect title").AllTextContentsAsync()).Distinct();

    private static async Task<double> PlaceAsync(ILocator shape, string attribute) =>
        double.Parse(
            (await shape.GetAttributeAsync(attribute)).ShouldNotBeNull().TrimEnd('%'),
            CultureInfo.InvariantCulture
        );

    private static async Task SendAsync(Traffic.Sender sender, string id, string status, string task)
    {
        ImmutableArray<StatusChangeAction> actions =
        [
            new StatusChangeAction("n1", "Voicebot Call1", "call", "t1", task),
        ];
        var body = VendorJson.Write(new StatusChange(id, "Timeline", status, actions));
        (await sender.SendAsync("airudder", body, TestContext.Current.CancellationToken)).ShouldBe(200);
    }

    /// <summary>A workflow that began, ran through more changes than are drawn, and finished.</summary>
    private async Task<string> LongWorkflowAsync()
    {
        const int Rounds = 220;
        var id = CampaignModel.Hex("console/long");
        for (var round = 0; round <= Rounds; round++)
        {
            var status =
                round == 0 ? "Not Started"
                : round == Rounds ? "finished"
                : "running";
            var word = round % 2 == 0 ? "running" : "paused";
            ImmutableArray<StatusChangeAction> actions =
            [
                .. Enumerable
                    .Range(0, Nodes)
                    .Select(node => new StatusChangeAction($"n{node}", $"Step {node}", "call", "t", word)),
            ];
            var body = VendorJson.Write(new StatusChange(id, "Long campaign", status, actions));
            (await console.Sender.SendAsync("airudder", body, TestContext.Current.CancellationToken)).ShouldBe(200);
        }

        return id;
    }
}
