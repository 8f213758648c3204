using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Console.Tests.Traffic;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>Who sees the numbers of persons on the pages of facts.</summary>
public sealed class PersonTests(ConsoleFixture console)
{
    private static readonly (string Role, string Secret)[] Keys =
    [
        ("read", "a-secret-of-a-reader-that-is-long-enough"),
        ("read-personal", "a-secret-of-a-supporter-long-enough"),
        ("admin", "a-secret-of-an-administrator-long-enough"),
    ];

    [Fact]
    public async Task The_role_read_sees_no_number_and_the_others_do()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var guarded = await ConsoleInstance.StartAsync(
            null,
            [
                "--Sources:airudder:AllowAnonymous=true",
                .. Keys.SelectMany(static key =>
                    (string[])
                        [
                            $"--Access:Keys:{key.Role}:Secrets:0={key.Secret}",
                            $"--Access:Keys:{key.Role}:Role={key.Role}",
                        ]
                ),
            ]
        );
        var campaign = new FactTraffic("Guarded");
        (await guarded.Sender.SendAsync("airudder", campaign.Announcement, cancel)).ShouldBe(200);
        foreach (var (kind, body) in campaign.Facts().Where(static (_, i) => i % 40 == 0))
            (await guarded.Sender.SendAsync("airudder", body, cancel, kind)).ShouldBe(200);

        foreach (var (role, secret) in Keys)
        {
            await using var window = await console.Chromium.OpenAsync(
                new BrowserNewContextOptions
                {
                    ExtraHTTPHeaders = new Dictionary<string, string> { ["X-Api-Key"] = secret },
                }
            );
            var page = await window.GoAsync(
                new Uri(guarded.Address, $"/console/workflows/{campaign.Id}/facts").AbsoluteUri
            );
            var callees = await page.Locator(".c-callee bdi").AllInnerTextsAsync();
            callees.Count.ShouldBe(9);
            callees.ShouldAllBe(text => text.Contains("***") == (role == "read"));
            (await page.ContentAsync()).Contains("1555010", StringComparison.Ordinal).ShouldBe(role != "read");

            await page.Locator(".fact-rows tbody a[data-drawer]").First.ClickAsync();
            await Expect(page.Locator("#drawer .json")).ToHaveCountAsync(role == "read" ? 0 : 1);
            (await page.ContentAsync()).Contains("1555010", StringComparison.Ordinal).ShouldBe(role != "read");

            // A reader may ask for a number that they know, and sees no other.
            await window.GoAsync(new Uri(guarded.Address, "/console/facts?callee=15550100000").AbsoluteUri);
            await Expect(page.Locator(".fact-rows tbody tr")).ToHaveCountAsync(2);
            (await page.Locator(".fact-rows").InnerHTMLAsync())
                .Contains("1555010", StringComparison.Ordinal)
                .ShouldBe(role != "read");
            (await page.CodeInTextAsync()).ShouldBeEmpty();
            window.Complaints.ShouldBeEmpty();
        }
    }
}
