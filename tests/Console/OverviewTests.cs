using System.Globalization;
using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>What the overview says of the last hour and the last days, and where it leads.</summary>
public sealed class OverviewTests(ConsoleFixture console)
{
    /// <summary>A limit for a machine that is busy: the first count takes a moment.</summary>
    private const float Soon = 60_000;

    [Fact]
    public async Task What_changed_is_counted_from_and_to_and_leads_to_the_list()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console");
        var rows = page.Locator(".moves tbody tr");
        await Expect(rows.First).ToBeVisibleAsync(new() { Timeout = Soon });

        var counts = await page.Locator(".moves td.num").AllInnerTextsAsync();
        var numbers = counts.Select(static text => int.Parse(text, NumberStyles.AllowThousands)).ToList();
        numbers.ShouldBe(numbers.OrderDescending());
        numbers[0].ShouldBeGreaterThan(1_000);
        var ended = rows.Filter(new() { Has = page.Locator("td:first-child .status.active") })
            .Filter(new() { Has = page.Locator("td:nth-child(2) .status.completed") })
            .First;
        await Expect(ended.Locator("td:first-child")).ToContainTextAsync("running");

        await ended.Locator(".move-to").ClickAsync();

        await Expect(page.Locator(".tab[aria-current=page]")).ToContainTextAsync("Completed");
        await Expect(page.Locator(".workflows tbody .status").First).ToHaveTextAsync("finished");
        await Expect(page.Locator(".workflows tbody .status:not(.completed)")).ToHaveCountAsync(0);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Failures_of_the_hour_are_named_and_counted()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console");

        var list = page.Locator("[aria-label='Workflows that failed in the last hour'] li");
        await Expect(list).ToHaveCountAsync(8, new() { Timeout = Soon });
        await Expect(page.Locator("#failures"))
            .ToContainTextAsync("Failed in the last hour: ", new() { Timeout = Soon });
        await Expect(page.Locator("[aria-label='Workflows that failed in the last hour'] .status:not(.failed)"))
            .ToHaveCountAsync(0);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_trend_has_a_day_and_a_week_and_each_bar_leads_to_its_workflows()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console");
        var bars = page.Locator(".trend-bars a");
        await Expect(bars).ToHaveCountAsync(24, new() { Timeout = Soon });
        await Expect(page.Locator(".trend-axis")).ToContainTextAsync("0");

        await page.GetByRole(AriaRole.Link, new() { Name = "7 days" }).ClickAsync();
        await Expect(bars).ToHaveCountAsync(28, new() { Timeout = Soon });
        await Expect(page.Locator(".trend-choice [aria-current]")).ToHaveTextAsync("7 days");

        // The latest bar that has workflows; the hour may have changed since they ended.
        var last = page.Locator(".trend-bars a:has(.fill)").Last;
        (await last.GetAttributeAsync("aria-label")).ShouldNotBeNull().ShouldContain("completed");
        await last.FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("h1")).ToHaveTextAsync("Workflows");
        page.Url.ShouldContain("changed_after=");
        await Expect(page.Locator(".workflows tbody tr").First).ToBeVisibleAsync();
        await Expect(page.Locator(".workflows .status.active, .workflows .status.scheduled")).ToHaveCountAsync(0);
        window.Complaints.ShouldBeEmpty();
    }
}
