using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Console.Tests.Traffic;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>The page of a workflow with many node tasks: problems first, counts that filter, and pages.</summary>
public sealed partial class WideWorkflowTests(ConsoleFixture console, ITestOutputHelper output)
{
    private const int MaxBytes = 150 * 1024;
    private const float Soon = 60_000;

    private static string Path => $"/console/workflows/{WideTraffic.Id}";

    [Fact]
    public async Task Problems_come_first_and_counts_filter()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync(Path);
        var rows = page.Locator(".node-rows tbody tr");

        await Expect(page.Locator(".node-progress")).ToContainTextAsync("715 of 1,000 ended");
        await Expect(rows).ToHaveCountAsync(24);
        await Expect(rows.Locator(".status.failed")).ToHaveCountAsync(WideTraffic.Failed);
        await Expect(rows.Nth(0).Locator(".status")).ToHaveTextAsync("failed");
        await Expect(rows.Nth(WideTraffic.Failed).Locator(".flag")).ToHaveTextAsync("Unrecognised status");

        await page.Locator(".groups .tab.failed").ClickAsync();
        await Expect(page).ToHaveURLAsync(FailedOnly());
        await Expect(rows).ToHaveCountAsync(WideTraffic.Failed);
        await Expect(page.Locator(".found")).ToContainTextAsync("20 of 1,000 node tasks");
        await page.Locator(".pick", new() { HasText = "sms" }).ClickAsync();
        await Expect(page.Locator(".found")).ToContainTextAsync("of 1,000 node tasks");
        (await rows.Locator(".c-type").AllInnerTextsAsync()).ShouldAllBe(static type => type.Trim() == "sms");
        await page.GoBackAsync();
        await Expect(rows).ToHaveCountAsync(WideTraffic.Failed);

        await page.Locator(".found a").ClickAsync();
        await page.Locator(".groups .tab.attention").ClickAsync();
        await Expect(page.Locator(".found")).ToContainTextAsync($"{WideTraffic.Failed + WideTraffic.Puzzled} of 1,000");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_search_looks_inside_ids_names_and_types_and_keeps_the_filter()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"{Path}?nodes=completed");
        var names = page.Locator(".node-rows .name");

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("app 51");

        await Expect(names).ToHaveTextAsync(["WhatsApp 510", "WhatsApp 514", "WhatsApp 518"]);
        await Expect(page.Locator("#search")).ToBeFocusedAsync();
        new Uri(page.Url).Query.ShouldContain("nodes=completed");

        await page.Locator("#search").FillAsync(CampaignModel.Hex($"{WideTraffic.Id}/790")[5..20]);
        await Expect(names).ToHaveCountAsync(0);
        await Expect(page.Locator(".node-section .nothing")).ToContainTextAsync("No results");
        await page.GetByRole(AriaRole.Link, new() { Name = "All 1,000" }).ClickAsync();
        await Expect(names).ToHaveTextAsync([WideTraffic.Name(790)]);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_lead_through_all_node_tasks_without_script_too()
    {
        await using var window = await console.Chromium.OpenAsync(
            new BrowserNewContextOptions { JavaScriptEnabled = false }
        );
        var page = await window.GoAsync($"{Path}?node_type=call");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var number = 1; number <= 11; number++)
        {
            await Expect(page.Locator(".pager-place")).ToHaveTextAsync($"Page {number} of 11");
            foreach (var id in await page.Locator(".node-rows .id").AllInnerTextsAsync())
                seen.Add(id).ShouldBeTrue(id);

            if (number < 11)
                await page.GetByRole(AriaRole.Link, new() { Name = "Next ›" }).ClickAsync();
        }

        seen.Count.ShouldBe(WideTraffic.Nodes / 4);
        await page.Locator("#search").FillAsync("call 40");
        await page.Locator("#search").PressAsync("Enter");
        await Expect(page.Locator(".node-rows .name").First).ToContainTextAsync("Voicebot Call 40");
        new Uri(page.Url).Query.ShouldContain("node_type=call");
        window.Complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1_000, 1360, 860)]
    [InlineData(1_000, 390, 844)]
    [InlineData(10_000, 1360, 860)]
    public async Task The_page_is_small_and_fits_three_screens(int nodes, int width, int height)
    {
        var id = nodes == WideTraffic.Nodes ? WideTraffic.Id : CampaignModel.Hex($"console/wide/{nodes}");
        if (nodes != WideTraffic.Nodes)
        {
            foreach (var step in (int[])[0, 1, 2])
                (await SendAsync(WideTraffic.Of(step, id, nodes))).ShouldBe(200);
        }

        await using var window = await console.Chromium.OpenAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = height },
            }
        );
        var page = await window.GoAsync($"/console/workflows/{id}");

        (await page.EvaluateAsync<int>("document.documentElement.scrollHeight")).ShouldBeLessThanOrEqualTo(3 * height);
        using var http = new HttpClient { BaseAddress = console.Address };
        var took = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var body = await http.GetByteArrayAsync(
                new Uri($"/console/workflows/{id}", UriKind.Relative),
                TestContext.Current.CancellationToken
            );
            took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            body.Length.ShouldBeLessThan(MaxBytes);
            if (i == 0)
                output.WriteLine($"{nodes} node tasks: {body.Length / 1024} KiB of HTML");
        }

        // How long it takes depends on what else the machine does, so it is written out, and not judged.
        took.Sort();
        output.WriteLine($"p50 {took[10]:0} ms, max {took[^1]:0} ms");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_keeps_the_filter_the_page_the_place_and_the_focus()
    {
        var id = CampaignModel.Hex("console/wide/live");
        (await SendAsync(WideTraffic.Of(1, id, 200))).ShouldBe(200);
        await using var window = await console.Chromium.OpenAsync(
            new BrowserNewContextOptions
            {
                ViewportSize = new ViewportSize { Width = 1360, Height = 500 },
            }
        );
        var page = await window.GoAsync($"/console/workflows/{id}?nodes=completed&page=2");
        await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "on", new() { Timeout = Soon });
        var link = page.Locator(".node-rows tbody tr").Nth(20).Locator(".c-tasks a");
        await link.FocusAsync();
        await link.ScrollIntoViewIfNeededAsync();
        var key = await link.EvaluateAsync<string>("(link) => link.closest('tr').dataset.key");
        var (place, url) = (await PlaceAsync(), page.Url);
        (await page.EvaluateAsync<double>("scrollY")).ShouldBeGreaterThan(0);

        (await SendAsync(WideTraffic.Of(2, id, 200))).ShouldBe(200);
        await Expect(page.Locator(".groups .tab.failed .count")).ToHaveTextAsync("4", new() { Timeout = Soon });

        page.Url.ShouldBe(url);
        (await page.EvaluateAsync<string>("document.activeElement.closest('tr').dataset.key")).ShouldBe(key);

        // Rows before it left the page; what came above the table moves nothing that is seen.
        (await PlaceAsync()).ShouldBe(place, 4 * 40);
        await Expect(page.Locator(".pager-place")).ToContainTextAsync("Page 2 of");
        await Expect(page.Locator(".groups .tab[aria-current]")).ToContainTextAsync("Completed");
        window.Complaints.ShouldBeEmpty();

        Task<double> PlaceAsync() => page.EvaluateAsync<double>("document.activeElement.getBoundingClientRect().top");
    }

    [Fact]
    public async Task Its_other_parts_have_an_address_each()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync(Path);
        var parts = page.Locator(".parts");

        await parts.GetByText("Timeline").ClickAsync();
        await Expect(page.Locator(".lane:not(.scale, .received)")).ToHaveCountAsync(41);
        await Expect(page.Locator(".cut")).ToContainTextAsync("960 more node tasks");
        await parts.GetByText("Changes").ClickAsync();
        await Expect(page.Locator(".changes li")).ToHaveCountAsync(WideTraffic.Failed);
        await parts.GetByText("Receipts").ClickAsync();
        await Expect(page.Locator(".receipts tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator(".node-rows")).ToHaveCountAsync(0);
        window.Complaints.ShouldBeEmpty();
    }

    private Task<int> SendAsync(byte[] body) =>
        console.Sender.SendAsync("airudder", body, TestContext.Current.CancellationToken);

    [GeneratedRegex("nodes=failed")]
    private static partial Regex FailedOnly();
}
