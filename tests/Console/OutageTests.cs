using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Postgres;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>What a page shows while the service can't answer, and after it.</summary>
public sealed class OutageTests(ConsoleFixture console, ITestOutputHelper output)
{
    /// <summary>A limit for a machine that is busy; what it took is written out.</summary>
    private const float Soon = 60_000;

    private const string Id = "outage";

    [Fact]
    public async Task Pages_keep_their_data_while_the_database_is_away_and_come_back_by_themselves()
    {
        await using var server = await PostgresServer.StartNewAsync("shared_buffers=32MB");
        await using var service = await ConsoleInstance.StartAsync(await server.CreateDatabaseAsync("outage"));
        await SendAsync(service, "running");
        await using var window = await console.Chromium.OpenAsync();
        IPage[] pages =
        [
            await window.OpenPageAsync(service.Address, "/console"),
            await window.OpenPageAsync(service.Address, "/console/workflows"),
            await window.OpenPageAsync(service.Address, $"/console/workflows/{Id}"),
            await window.OpenPageAsync(service.Address, "/console/refused"),
        ];

        var form = await window.OpenPageAsync(service.Address, "/console/vocabulary");

        await server.StopAsync();

        foreach (var page in pages)
            await ExpectStaleAsync(page);

        await Expect(pages[2].Locator(".subject .status")).ToHaveTextAsync("running");
        await Expect(pages[1].Locator("tr[data-key=outage]")).ToBeVisibleAsync();
        (await pages[2].CodeInTextAsync()).ShouldBeEmpty();
        var late = await window.OpenPageAsync(service.Address, $"/console/workflows/{Id}", 503);
        await Expect(late.Locator("#stale")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(late.Locator(".fault")).ToContainTextAsync("The page tries again by itself");

        // A form is not sent twice.
        await form.Locator("input[name=word]").FillAsync("quota wait");
        await form.GetByText("Try it").ClickAsync();
        await Expect(form.Locator(".fault")).ToContainTextAsync("Go back and try again", new() { Timeout = Soon });
        await Expect(form.Locator("#stale")).ToBeHiddenAsync();

        await server.StartAsync();

        var started = TimeProvider.System.GetTimestamp();
        foreach (var page in (IPage[])[.. pages, late])
            await ExpectLiveAsync(page);

        var took = TimeProvider.System.GetElapsedTime(started);
        output.WriteLine($"All pages were live {took.TotalSeconds:0.0} s after the database had started");
        await SendAsync(service, "finished");
        foreach (var page in (IPage[])[pages[2], late])
            await Expect(page.Locator(".subject .status")).ToHaveTextAsync("finished", new() { Timeout = Soon });
    }

    [Fact]
    public async Task Pages_keep_their_data_while_the_service_is_away_and_a_search_made_meanwhile_is_answered_after_it()
    {
        await using var service = await ConsoleInstance.StartAsync();
        await SendAsync(service, "running");
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.OpenPageAsync(service.Address, "/console/workflows");
        await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "on", new() { Timeout = Soon });

        await service.RestartAsync([], async () =>
        {
            await ExpectStaleAsync(page);
            await page.Locator("#search").FillAsync("no such name");
            await Expect(page.Locator("#stale")).ToContainTextAsync("can't be reached", new() { Timeout = Soon });
            await Expect(page.Locator("tr[data-key=outage]")).ToBeVisibleAsync();
        });

        await Expect(page.Locator(".nothing")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(page).ToHaveURLAsync(new Uri(service.Address, "/console/workflows?q=no+such+name").ToString());
        await ExpectLiveAsync(page);
    }

    private static async Task ExpectStaleAsync(IPage page)
    {
        await Expect(page.Locator("#stale")).ToContainTextAsync("Stale since", new() { Timeout = Soon });
        await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "lost");
        await Expect(page.Locator(".stale-retry")).ToContainTextAsync("failed", new() { Timeout = Soon });
        await Expect(page.Locator(".fault")).ToHaveCountAsync(0);
    }

    private static async Task ExpectLiveAsync(IPage page)
    {
        await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "on", new() { Timeout = Soon });
        await Expect(page.Locator("#stale")).ToBeHiddenAsync();
        await Expect(page.Locator(".fault")).ToHaveCountAsync(0);
    }

    private static async Task SendAsync(ConsoleInstance service, string status)
    {
        var body = VendorJson.Write(
            new StatusChange(
                Id,
                "Outage",
                status,
                [new StatusChangeAction("n1", "Voicebot Call1", "call", "t1", status)]
            )
        );
        (await service.Sender.SendAsync("airudder", body, TestContext.Current.CancellationToken)).ShouldBe(200);
    }
}
