using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>What a sender says is shown as what it is, never as a part of the page.</summary>
public sealed class HostileTests(ConsoleFixture console)
{
    private const string Id = "a/b?c#d%2F&e='\"><img src=x onerror=alert(1)>\u202Eevil\u2066 x ";
    private const string Name = "</title><script>alert(1)</script>\u202E";
    private const string Task = "t/1\u200B";

    [Fact]
    public async Task Odd_ids_and_names_are_shown_and_lead_where_they_should()
    {
        var notification = new StatusChange(
            Id,
            Name,
            "on\u200Bhold",
            [new StatusChangeAction("n/1?", "Node <b>", "call", Task, "running")]
        );
        (
            await console.Sender.SendAsync(
                "airudder",
                VendorJson.Write(notification),
                TestContext.Current.CancellationToken
            )
        ).ShouldBe(200);
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console/workflows?q=" + Uri.EscapeDataString(Id[..12]));

        await page.Locator(".row-link").First.ClickAsync();

        await Expect(page.Locator(".id-line .hidden-char")).ToHaveTextAsync(["U+202E", "U+2066", "U+0020"]);
        await Expect(page.Locator("h1 .hidden-char")).ToHaveTextAsync(["U+202E"]);
        (await page.Locator("#main script, #main img").CountAsync()).ShouldBe(0);
        await page.Locator(".tasks a.status").ClickAsync();
        await Expect(page.Locator("#drawer h1")).ToContainTextAsync("running");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator(".receipts a").First.ClickAsync();
        await Expect(page.Locator("#drawer .json")).ToContainTextAsync("U+202E");
        window.Complaints.ShouldBeEmpty();
    }
}
