using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
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
        await Expect(drawer.Locator(".because .reason")).ToContainTextAsync("of conflicting results");
        await Expect(drawer.Locator(".ranking")).ToContainTextAsync("failed›cancelled›completed");
        await Expect(drawer).ToContainTextAsync("Conflicting results");
        await drawer.Locator(".because .receipt-name a").First.ClickAsync();
        await Expect(drawer.Locator("h1")).ToContainTextAsync("Receipt");
        await Expect(drawer.Locator(".json")).ToContainTextAsync("workflow_id");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Other_reports_come_in_the_order_of_arrival_and_all_can_be_reached()
    {
        const int Reports = 45;
        var id = CampaignModel.Hex("console/why");
        for (var i = 1; i <= Reports; i++)
        {
            var status =
                i == Reports ? "finished"
                : i % 3 == 0 ? "paused"
                : "running";
            var body = VendorJson.Write(new StatusChange(id, "Why campaign", status, []));
            (await console.Sender.SendAsync("airudder", body, TestContext.Current.CancellationToken)).ShouldBe(200);
        }

        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"/console/workflows/{id}");
        await page.Locator(".subject a.status").ClickAsync();
        var drawer = page.Locator("#drawer");
        await Expect(drawer.Locator(".because .reason")).ToContainTextAsync($"because receipt {Reports}");
        await Expect(drawer.Locator(".because .reason")).ToContainTextAsync("a later phase than what was known before");

        var seen = new List<string>();
        while (true)
        {
            await Expect(drawer.Locator(".pager-place")).ToContainTextAsync($"{seen.Count + 1} to");
            seen.AddRange(
                await drawer
                    .Locator(".changes > li")
                    .EvaluateAllAsync<string[]>(
                        "(items) => items.filter((li) => li.dataset.key).map((li) => li.dataset.key)"
                    )
            );
            if (await drawer.GetByText("Later ›").CountAsync() == 0)
                break;

            await drawer.GetByText("Later ›").ClickAsync();
        }

        // Every receipt but the one that decided.
        seen.ShouldBe(
            Enumerable
                .Range(1, Reports - 1)
                .Select(static seq => seq.ToString(System.Globalization.CultureInfo.InvariantCulture))
        );
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

    [Fact]
    public async Task How_far_it_is_is_counted_and_filters()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"/console/workflows/{await console.ConflictAsync()}");
        var all = await page.Locator(".node").CountAsync();
        var ended = await page.Locator(".node:is(.completed, .cancelled, .failed)").CountAsync();

        await Expect(page.Locator(".node-progress")).ToContainTextAsync($"{ended} of {all} ended");
        await Expect(page.Locator(".duration dd"))
            .ToHaveTextAsync(new System.Text.RegularExpressions.Regex("[0-9] s$"));
        var group = page.Locator(".groups .tab:not(.all, .attention)").First;
        var count = int.Parse(
            await group.Locator(".count").InnerTextAsync(),
            System.Globalization.CultureInfo.InvariantCulture
        );
        await group.ClickAsync();
        await Expect(page.Locator(".node")).ToHaveCountAsync(count);
        window.Complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Its_id_address_and_command_are_copied(bool hasClipboard)
    {
        var id = await console.ConflictAsync();
        await using var window = await console.Chromium.OpenAsync();
        if (!hasClipboard)
            await window.Page.AddInitScriptAsync(
                "Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })"
            );

        var page = await window.GoAsync($"/console/workflows/{id}");
        await page.GetByText("curl", new() { Exact = true }).ClickAsync();
        var json = new Uri(console.Address, $"/workflows/{id}").ToString();
        foreach (
            var (name, expected) in ((string, string)[])
                [
                    ("Copy the id", id),
                    ("Copy the address of the JSON", json),
                    ("Copy the curl command", $"curl -s '{json}'"),
                ]
        )
        {
            var button = page.Locator("main").GetByLabel(name).First;
            await button.ClickAsync();
            await Expect(button).ToHaveAttributeAsync("data-done", string.Empty);
            await Expect(button).ToBeFocusedAsync();
            (await PasteAsync(page)).ShouldBe(expected);
        }

        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_script_it_leads_to_the_API_and_the_command_can_be_read()
    {
        var id = await console.ConflictAsync();
        await using var window = await console.Chromium.OpenAsync(
            new BrowserNewContextOptions { JavaScriptEnabled = false }
        );
        var page = await window.GoAsync($"/console/workflows/{id}");

        await Expect(page.Locator("button.copy:visible")).ToHaveCountAsync(0);
        await page.GetByText("curl", new() { Exact = true }).ClickAsync();
        await Expect(page.Locator(".command code")).ToContainTextAsync($"/workflows/{id}");
        using var http = new HttpClient(new Testing.Contracts.ContractHandler()) { BaseAddress = console.Address };
        var links = await page.Locator(".api nav a")
            .EvaluateAllAsync<string[]>("(links) => links.map((link) => link.getAttribute('href'))");
        links.Length.ShouldBe(4);
        foreach (var link in links)
        {
            using var answer = await http.GetAsync(
                new Uri(link, UriKind.Relative),
                HttpCompletionOption.ResponseHeadersRead,
                TestContext.Current.CancellationToken
            );
            answer.IsSuccessStatusCode.ShouldBeTrue(link);
        }

        window.Complaints.ShouldBeEmpty();
    }

    /// <summary>What the clipboard has, as a field takes it; the focus stays.</summary>
    private static async Task<string> PasteAsync(IPage page)
    {
        await page.EvaluateAsync(
            "window.field = document.body.appendChild(document.createElement('textarea')), field.focus()"
        );
        await page.Keyboard.PressAsync("Control+V");
        return await page.EvaluateAsync<string>("(() => { const text = field.value; field.remove(); return text; })()");
    }
}
