using System.Text;
using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Testing.Campaigns;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>What operators decide of a workflow that needs attention, and the page of all actions.</summary>
public sealed class ReviewTests(ConsoleFixture console)
{
    [Fact]
    public async Task Attention_is_acknowledged_with_a_note_reopened_and_snoozed()
    {
        var id = await Contradict("console/reviewed");
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console/workflows?attention=conflicting_outcome&unreviewed=true");
        await Expect(page.Locator($"tr[data-key='{id}']")).ToBeVisibleAsync();
        await window.GoAsync($"/console/workflows/{id}");

        await page.GetByText("Follow-up").ClickAsync();
        await page.GetByLabel("Note").FillAsync("The vendor says <b>failed</b>.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();

        await Expect(page.GetByLabel("Put aside")).ToContainTextAsync("Acknowledged.");
        await Expect(page.Locator(".review .actions li").First)
            .ToContainTextAsync("acknowledged: The vendor says <b>failed</b>.");
        await window.GoAsync("/console/workflows?attention=conflicting_outcome&unreviewed=true");
        await Expect(page.Locator($"tr[data-key='{id}']")).ToHaveCountAsync(0);

        await window.GoAsync($"/console/workflows/{id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reopen" }).ClickAsync();
        await Expect(page.GetByLabel("Put aside")).ToHaveCountAsync(0);
        await page.Locator("select[name=hours]").SelectOptionAsync("24");
        await page.GetByRole(AriaRole.Button, new() { Name = "Snooze" }).ClickAsync();
        await Expect(page.GetByLabel("Put aside")).ToContainTextAsync("Snoozed until");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_actions_are_listed_and_lead_to_their_workflow_without_script_too()
    {
        var id = await Contradict("console/noted");
        await using var window = await console.Chromium.OpenAsync(
            new BrowserNewContextOptions { JavaScriptEnabled = false }
        );
        var page = await window.GoAsync($"/console/workflows/{id}");
        await page.GetByText("Follow-up").ClickAsync();
        await page.GetByLabel("Note").FillAsync("Looked at.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add note" }).ClickAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Actions" }).ClickAsync();

        var row = page.GetByRole(AriaRole.Table, new() { Name = "Actions" })
            .Locator("tbody tr")
            .Filter(new() { HasText = id });
        await Expect(row).ToContainTextAsync("Looked at.");
        await row.GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("console/noted");
        window.Complaints.ShouldBeEmpty();
    }

    private async Task<string> Contradict(string name)
    {
        var id = CampaignModel.Hex(name);
        foreach (var status in (string[])["finished", "failed"])
        {
            var body = $$"""{"workflow_id":"{{id}}","workflow_name":"{{name}}","status":"{{status}}","actions":[]}""";
            var sent = await console.Sender.SendAsync(
                "airudder",
                Encoding.UTF8.GetBytes(body),
                TestContext.Current.CancellationToken
            );
            sent.ShouldBe(200);
        }

        return id;
    }
}
