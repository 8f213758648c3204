using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>The pages of one workflow: its explanation, its changes, and its earlier states.</summary>
public sealed class WorkflowTests(ConsoleFixture console)
{
    [Fact]
    public async Task A_status_explains_itself_beside_the_page()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"/console/workflows/{await console.ConflictAsync()}");

        await page.Locator(".subject a.status").ClickAsync();

        var drawer = page.Locator("#drawer");
        await Expect(drawer.Locator(".because")).ToContainTextAsync("other_outcome");
        await Expect(drawer).ToContainTextAsync("Several ends were reported");
        await drawer.Locator(".because .receipt-name a").ClickAsync();
        await Expect(drawer.Locator("h1")).ToContainTextAsync("Receipt");
        await Expect(drawer.Locator(".json")).ToContainTextAsync("workflow_id");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stepping_back_shows_the_state_as_it_was_and_forth_again()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"/console/workflows/{await console.ConflictAsync()}");
        var now = await page.Locator(".subject .status").InnerTextAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "First version" }).ClickAsync();
        await Expect(page.Locator(".notice.past")).ToContainTextAsync("version 1 of");
        await Expect(page.Locator(".subject .status")).ToHaveTextAsync("Not Started");
        await page.GetByRole(AriaRole.Link, new() { Name = "Version after" }).ClickAsync();
        await Expect(page.Locator(".subject .status")).ToHaveTextAsync("running");
        await page.GetByRole(AriaRole.Link, new() { Name = "Show it as it is now" }).ClickAsync();

        await Expect(page.Locator(".notice.past")).ToHaveCountAsync(0);
        await Expect(page.Locator(".subject .status")).ToHaveTextAsync(now);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_timeline_has_a_lane_for_the_workflow_and_each_node_task()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"/console/workflows/{await console.ConflictAsync()}");

        var nodes = await page.Locator(".node").CountAsync();

        await Expect(page.Locator(".lane:not(.scale, .received)")).ToHaveCountAsync(nodes + 1);
        (await page.Locator(".lane.received line.conflict").CountAsync()).ShouldBe(1);
        window.Complaints.ShouldBeEmpty();
    }
}
