using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>Use by keyboard, without script, and in both colour schemes.</summary>
public sealed class AccessibilityTests(ConsoleFixture console)
{
    private static AxeRunOptions Contrast =>
        new()
        {
            RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast"] },
        };

    [Fact]
    public async Task Axe_finds_nothing_serious_on_any_page_in_light_and_dark()
    {
        await using var window = await console.Chromium.OpenAsync(
            new BrowserNewContextOptions { ColorScheme = ColorScheme.Light, BypassCSP = true }
        );
        foreach (var (_, path) in await console.PagesAsync())
        {
            var page = await window.GoAsync(path);
            ShouldBeClean(await page.RunAxe(), $"{path}, light");

            // Only colours depend on the scheme.
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            ShouldBeClean(await page.RunAxe(Contrast), $"{path}, dark");
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        }
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_page_is_read_without_script()
    {
        await using var window = await console.Chromium.OpenAsync(
            new BrowserNewContextOptions { JavaScriptEnabled = false }
        );
        foreach (var (_, path) in await console.PagesAsync())
        {
            var page = await window.GoAsync(path);
            await Expect(page.Locator("h1")).ToBeVisibleAsync();
            await Expect(page.Locator("time").First).ToContainTextAsync("UTC");
        }

        await window.Page.GotoAsync("/console/workflows");
        await window.Page.Locator("#search").FillAsync("kyc");
        await window.Page.GetByText("Apply").ClickAsync();
        await Expect(window.Page.Locator(".workflows tbody .name").First).ToContainTextAsync("KYC");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_drawer_opens_and_closes_by_keyboard_and_gives_the_focus_back()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"/console/workflows/{await console.ConflictAsync()}");
        var status = page.Locator(".subject a.status");

        await status.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#drawer h1")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");

        await Expect(page.Locator("#drawer")).ToBeHiddenAsync();
        await Expect(status).ToBeFocusedAsync();
        window.Complaints.ShouldBeEmpty();
    }

    private static void ShouldBeClean(AxeResult result, string where)
    {
        (result.Passes.Length + result.Violations.Length).ShouldBeGreaterThan(0, where);
        result
            .Violations.Where(static found => found.Impact is "serious" or "critical")
            .Select(found =>
                $"{where}: {found.Id}: {string.Join(" | ", found.Nodes.Take(3).Select(static node => node.Html))}"
            )
            .ShouldBeEmpty();
    }
}
