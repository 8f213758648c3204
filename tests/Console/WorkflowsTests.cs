using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>The list of workflows.</summary>
public sealed partial class WorkflowsTests(ConsoleFixture console)
{
    [Fact]
    public async Task Search_as_you_type_finds_names_and_keeps_the_address()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console/workflows");

        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("loan");

        await Expect(page).ToHaveURLAsync(Search());
        var names = page.Locator(".workflows tbody .name");
        await Expect(names.First).ToContainTextAsync("Loan");
        (await names.AllInnerTextsAsync()).ShouldAllBe(static name =>
            name.StartsWith("Loan", StringComparison.Ordinal)
        );
        await Expect(page.Locator("#search")).ToBeFocusedAsync();
        await Expect(page.Locator("#search")).ToHaveValueAsync("loan");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_id_is_found_by_its_beginning()
    {
        var id = await console.ConflictAsync();
        await using var window = await console.Chromium.OpenAsync();

        var page = await window.GoAsync($"/console/workflows?q={id[..12]}");

        var found = page.Locator("table[aria-label='Workflows by id'] .row-link");
        await Expect(found).ToHaveCountAsync(1);
        await found.ClickAsync();
        await Expect(page.Locator(".id-line")).ToHaveTextAsync(id);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Filters_are_links_and_a_page_leads_to_the_next()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console/workflows");

        await page.GetByRole(AriaRole.Link, new() { Name = "Completed" }).ClickAsync();
        await Expect(page.Locator(".tab[aria-current=page]")).ToContainTextAsync("Completed");
        await Expect(page.Locator(".workflows .status:not(.completed)")).ToHaveCountAsync(0);
        var first = await Ids(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "First page" })).ToBeVisibleAsync();

        var second = await Ids(page);
        (first.Count, second.Count).ShouldBe((50, 50));
        first.Intersect(second).ShouldBeEmpty();
        await Expect(page.Locator(".workflows .status:not(.completed)")).ToHaveCountAsync(0);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_heading_orders_the_list()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console/workflows?phase=active");

        await page.GetByRole(AriaRole.Link, new() { Name = "Workflow", Exact = true }).ClickAsync();

        await Expect(page.Locator("th[aria-sort=ascending]")).ToContainTextAsync("Workflow");
        var names = await page.Locator(".workflows tbody .name").AllInnerTextsAsync();
        names.ShouldBe(names.OrderBy(static name => name.ToLowerInvariant(), StringComparer.Ordinal));
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_found_is_said_in_words()
    {
        await using var window = await console.Chromium.OpenAsync();

        var page = await window.GoAsync("/console/workflows?q=no+such+name");

        await Expect(page.Locator(".nothing")).ToContainTextAsync("No matching workflows");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_leads_back_and_the_results_are_counted()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console/workflows?phase=ended&sort=name&changed_within=24h");
        await Expect(page.Locator(".found")).ToHaveTextAsync("More than 1,000 workflows");
        var first = await Ids(page);

        await page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await Expect(page.Locator(".workflows tbody .id").First).Not.ToHaveTextAsync(first[0]);
        var second = await Ids(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        await Expect(page.Locator(".workflows tbody .id").First).Not.ToHaveTextAsync(second[0]);
        await page.GetByRole(AriaRole.Link, new() { Name = "Previous page" }).ClickAsync();
        await Expect(page.Locator(".workflows tbody .id").First).ToHaveTextAsync(second[0]);
        (await Ids(page)).ShouldBe(second);
        await page.GetByRole(AriaRole.Link, new() { Name = "Previous page" }).ClickAsync();
        await Expect(page.Locator(".workflows tbody .id").First).ToHaveTextAsync(first[0]);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Previous page" })).ToHaveCountAsync(0);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_text_within_a_name_is_found_among_the_latest()
    {
        var id = CampaignModel.Hex("console/within");
        await SendAsync(id, "Spring sale Zürich 100% off");
        await using var window = await console.Chromium.OpenAsync();

        foreach (var text in (string[])["ZÜRICH 100%", id[7..19].ToUpperInvariant()])
        {
            var page = await window.GoAsync($"/console/workflows?q={Uri.EscapeDataString(text)}");
            var found = page.Locator("table[aria-label='Workflows that contain it'] .id");
            await Expect(found).ToHaveTextAsync([id]);
            await Expect(page.Locator("main")).ToContainTextAsync("among the 10,000 workflows that changed last");
        }

        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Back_leads_to_what_was_before_the_search()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console/workflows?phase=active");
        await page.Locator("#search").FillAsync("loan");
        await Expect(page.Locator(".workflows tbody .name").First).ToContainTextAsync("Loan");
        await page.Locator("#search").PressSequentiallyAsync(" f");
        await Expect(page).ToHaveURLAsync(new Regex("q=loan\\+f$|q=loan\\+f&"));

        await page.GoBackAsync();
        await Expect(page).ToHaveURLAsync(new Regex("workflows\\?phase=active$"));
        await Expect(page.Locator("#search")).ToHaveValueAsync(string.Empty);
        await page.GoForwardAsync();
        await Expect(page.Locator("#search")).ToHaveValueAsync("loan f");
        await Expect(page.Locator(".workflows tbody .name").First).ToContainTextAsync("Loan f");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Columns_and_times_are_chosen_in_the_address()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console/workflows");
        await page.GetByText("Columns", new() { Exact = true }).ClickAsync();
        await page.Locator(".menu .pick", new() { HasText = "Version" }).ClickAsync();

        await Expect(page.Locator(".workflows th", new() { HasText = "Version" })).ToHaveCountAsync(0);
        await Expect(page.Locator(".workflows .c-version")).ToHaveCountAsync(0);
        new Uri(page.Url).Query.ShouldContain("hide=version");

        await page.Locator("#by-change").SelectOptionAsync("1h");
        await Expect(page).ToHaveURLAsync(new Regex("changed_within=1h"));
        new Uri(page.Url).Query.ShouldContain("hide=version");
        await page.GoBackAsync();
        await Expect(page.Locator("#by-change")).ToHaveValueAsync(string.Empty);
        (await page.Locator("#known-words option").CountAsync()).ShouldBeGreaterThan(10);

        await page.GotoAsync("/console/workflows?changed_before=2020-01-01T00:00");
        await Expect(page.Locator("#by-before")).ToHaveValueAsync("2020-01-01T00:00");
        await Expect(page.Locator(".found")).ToHaveTextAsync("No results");
        window.Complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("CSV")]
    [InlineData("NDJSON")]
    public async Task What_the_filters_leave_is_a_file(string format)
    {
        var id = CampaignModel.Hex($"console/export/{format}");
        await SendAsync(id, $"=cmd, \"{format}\"");
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"/console/workflows?workflow_id={id}&hide=version");
        await page.GetByText("Export", new() { Exact = true }).ClickAsync();

        var download = await page.RunAndWaitForDownloadAsync(() =>
            page.GetByRole(AriaRole.Link, new() { Name = format, Exact = true }).ClickAsync()
        );

        var lines = (await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken))
            .TrimEnd()
            .Split('\n');
        if (format == "CSV")
        {
            lines.Length.ShouldBe(2);
            lines[0].ShouldStartWith("workflow_id,workflow_name,status,");
            lines[1].ShouldStartWith($"{id},\"'=cmd, \"\"CSV\"\"\",running,active,,1,");
        }
        else
        {
            using var row = System.Text.Json.JsonDocument.Parse(lines.ShouldHaveSingleItem());
            row.RootElement.GetProperty("workflow_name").GetString().ShouldBe("=cmd, \"NDJSON\"");
            row.RootElement.GetProperty("version").GetInt64().ShouldBe(1);
        }

        // A file is as long as the list, whatever the page has.
        using var http = new HttpClient { BaseAddress = console.Address };
        var all = await http.GetStringAsync(
            new Uri($"/console/export/workflows?format={format.ToLowerInvariant()}&phase=ended", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        all.Count(static character => character == '\n').ShouldBeGreaterThan(2_000);
        window.Complaints.ShouldBeEmpty();
    }

    private async Task SendAsync(string id, string name)
    {
        var body = VendorJson.Write(new StatusChange(id, name, "running", []));
        (await console.Sender.SendAsync("airudder", body, TestContext.Current.CancellationToken)).ShouldBe(200);
    }

    private static async Task<IReadOnlyList<string>> Ids(IPage page) =>
        await page.Locator(".workflows tbody .id").AllInnerTextsAsync();

    [GeneratedRegex("q=loan$")]
    private static partial Regex Search();
}
