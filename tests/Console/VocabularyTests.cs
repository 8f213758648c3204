using Orleans.Workflow.Console.Tests.Hosting;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>The words, and what another meaning of one would change.</summary>
public sealed class VocabularyTests(ConsoleFixture console)
{
    private const string Word = "quota wait";

    [Fact]
    public async Task A_meaning_is_tried_and_the_difference_is_shown()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console/vocabulary");

        // Words are counted beside the notifications.
        var first = page.Locator(".words tbody tr").First;
        await Expect(first).ToHaveClassAsync("unmapped", new() { Timeout = 30_000 });
        await page.Locator($"tr[data-key='{Word}'] .c-act a").ClickAsync();
        await Expect(page.Locator("input[name=word]")).ToHaveValueAsync(Word);
        await page.Locator("select[name=meaning]").SelectOptionAsync("failed");
        await page.GetByText("Try it").ClickAsync();

        await Expect(page.Locator("[aria-label=Result]"))
            .ToContainTextAsync("workflows would change", new() { Timeout = 60_000 });
        await Expect(page.Locator(".trial-rows .status.active").First).ToHaveTextAsync(Word);
        await Expect(page.Locator(".trial-rows .status.failed").First).ToHaveTextAsync(Word);
        (await page.CodeInTextAsync()).ShouldBeEmpty();
        window.Complaints.ShouldBeEmpty();
    }
}
