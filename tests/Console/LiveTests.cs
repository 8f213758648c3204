using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>What changes is seen to change.</summary>
public sealed class LiveTests(ConsoleFixture console, ITestOutputHelper output)
{
    /// <summary>
    /// The time in which a change must be seen, with much for a machine that is busy; what it took is written out.
    /// </summary>
    private const float Soon = 60_000;

    [Fact]
    public async Task A_status_that_changes_appears_without_reload()
    {
        var id = CampaignModel.Hex("console/live");
        await SendAsync(id, "running");
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"/console/workflows/{id}");
        await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "on", new() { Timeout = Soon });
        await page.EvaluateAsync("window.same = true");

        foreach (var status in (string[])["paused", "resumed", "stopping", "paused", "finished"])
        {
            await SendAsync(id, status);
            var acknowledged = TimeProvider.System.GetTimestamp();
            await Expect(page.Locator(".subject .status")).ToHaveTextAsync(status, new() { Timeout = Soon });
            output.WriteLine(
                $"{status} was seen {TimeProvider.System.GetElapsedTime(acknowledged).TotalMilliseconds:0} ms "
                    + "after its acknowledgement"
            );
        }

        await Expect(page.Locator(".stepper")).ToContainTextAsync("6 of 6");
        (await page.EvaluateAsync<bool>("window.same")).ShouldBeTrue("the page was loaded again");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_new_workflow_appears_in_the_list_while_others_change()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console/workflows");
        await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "on", new() { Timeout = Soon });
        using var traffic = new CancellationTokenSource();
        var others = console.Sender.SendAllAsync(
            Enumerable.Range(ConsoleFixture.Workflows, 200).Select(console.Traffic.Of),
            traffic.Token
        );

        var id = CampaignModel.Hex("console/live/new");
        await others;
        await SendAsync(id, "running");

        await Expect(page.Locator($"tr[data-key='{id}']")).ToBeVisibleAsync(new() { Timeout = Soon });
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_that_is_paused_stays_as_it_is()
    {
        var id = CampaignModel.Hex("console/paused");
        await SendAsync(id, "running");
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"/console/workflows/{id}");
        await page.Locator("#live").ClickAsync();
        await Expect(page.Locator("#live")).ToHaveAttributeAsync("aria-pressed", "false");

        await SendAsync(id, "finished");
        await page.WaitForTimeoutAsync(1_500);

        await Expect(page.Locator(".subject .status")).ToHaveTextAsync("running");
        await page.Locator("#live").ClickAsync();
        await Expect(page.Locator(".subject .status")).ToHaveTextAsync("finished", new() { Timeout = Soon });
        window.Complaints.ShouldBeEmpty();
    }

    private async Task SendAsync(string id, string status)
    {
        var notification = new StatusChange(
            id,
            "Live campaign",
            status,
            [new StatusChangeAction("n1", "Voicebot Call1", "call", "t1", status)]
        );
        (
            await console.Sender.SendAsync(
                "airudder",
                VendorJson.Write(notification),
                TestContext.Current.CancellationToken
            )
        ).ShouldBe(200);
    }
}
