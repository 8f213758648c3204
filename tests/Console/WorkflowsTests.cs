using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
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

    private static async Task<IReadOnlyList<string>> Ids(IPage page) =>
        await page.Locator(".workflows tbody .id").AllInnerTextsAsync();

    [GeneratedRegex("q=loan$")]
    private static partial Regex Search();
}
