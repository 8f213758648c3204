using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>Pages are live over HTTP/1.1, where a browser opens six connections to a server.</summary>
public sealed class StreamTests(ConsoleFixture console)
{
    /// <summary>A limit for a machine that is busy.</summary>
    private const float Soon = 60_000;

    private const string SetHidden = """
        (isHidden) => {
          Object.defineProperty(document, "hidden", { get: () => isHidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }
        """;

    [Fact]
    public async Task Eight_pages_show_a_change_over_one_stream_and_a_ninth_loads()
    {
        string[] ids = [CampaignModel.Hex("console/stream/a"), CampaignModel.Hex("console/stream/b")];
        await SendAsync("running", ids);
        await using var proxy = new SilentProxy(console.Address);
        await using var window = await console.Chromium.OpenAsync();
        var pages = new List<IPage>();
        for (var i = 0; i < 8; i++)
            pages.Add(await window.OpenPageAsync(proxy.Address, $"/console/workflows/{ids[i % ids.Length]}"));

        foreach (var page in pages)
            await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "on", new() { Timeout = Soon });

        await SendAsync("finished", ids);

        foreach (var page in pages)
            await Expect(page.Locator(".subject .status")).ToHaveTextAsync("finished", new() { Timeout = Soon });

        var ninth = await window.OpenPageAsync(proxy.Address, "/console");
        await Expect(ninth.Locator("#live")).ToHaveAttributeAsync("data-state", "on", new() { Timeout = Soon });
        await OneStreamAsync(proxy);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_that_nobody_sees_hold_no_stream_and_are_read_when_they_are_seen()
    {
        var id = CampaignModel.Hex("console/stream/hidden");
        await SendAsync("running", id);
        await using var proxy = new SilentProxy(console.Address);
        await using var window = await console.Chromium.OpenAsync();
        IPage[] pages =
        [
            await window.OpenPageAsync(proxy.Address, $"/console/workflows/{id}"),
            await window.OpenPageAsync(proxy.Address, "/console/workflows"),
        ];
        foreach (var page in pages)
            await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "on", new() { Timeout = Soon });

        foreach (var page in pages)
            await page.EvaluateAsync(SetHidden, true);

        await EventuallyAsync(() => proxy.OpenStreams == 0);
        await SendAsync("finished", id);
        foreach (var page in pages)
            await page.EvaluateAsync(SetHidden, false);

        await Expect(pages[0].Locator(".subject .status")).ToHaveTextAsync("finished", new() { Timeout = Soon });
        await Expect(pages[0].Locator("#live")).ToHaveAttributeAsync("data-state", "on", new() { Timeout = Soon });
        await OneStreamAsync(proxy);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_whose_connections_fall_silent_is_not_live_says_so_and_comes_back()
    {
        var id = CampaignModel.Hex("console/stream/silent");
        await SendAsync("running", id);
        await using var proxy = new SilentProxy(console.Address);
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.OpenPageAsync(proxy.Address, $"/console/workflows/{id}");
        await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "on", new() { Timeout = Soon });

        proxy.Silence(alsoNew: true);
        await SendAsync("finished", id);

        await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "lost", new() { Timeout = Soon });
        await Expect(page.Locator("#stale")).ToContainTextAsync("Stale since", new() { Timeout = Soon });
        await Expect(page.Locator("#stale")).ToContainTextAsync("does not answer");
        await Expect(page.Locator(".subject .status")).ToHaveTextAsync("running");
        await Expect(page.Locator(".stale-retry")).ToContainTextAsync("2 attempts failed", new() { Timeout = Soon });
        (await page.CodeInTextAsync()).ShouldBeEmpty();
        proxy.PassNew();

        await Expect(page.Locator(".subject .status")).ToHaveTextAsync("finished", new() { Timeout = Soon });
        await Expect(page.Locator("#stale")).ToBeHiddenAsync();
        await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "on", new() { Timeout = Soon });
    }

    [Fact]
    public async Task A_stream_that_falls_silent_by_itself_is_opened_again()
    {
        await using var proxy = new SilentProxy(console.Address);
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.OpenPageAsync(proxy.Address, $"/console/workflows/{await console.ConflictAsync()}");
        await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "on", new() { Timeout = Soon });

        proxy.Silence(streamsOnly: true);

        await EventuallyAsync(() => proxy.ClosedStreams == 1 && proxy.OpenStreams == 1);
        await Expect(page.Locator("#live")).ToHaveAttributeAsync("data-state", "on", new() { Timeout = Soon });
        window.Complaints.ShouldBeEmpty();
    }

    // A page that joins may change what is followed: then the new stream opens before the proxy sees the old one close.
    private static Task OneStreamAsync(SilentProxy proxy) => EventuallyAsync(() => proxy.OpenStreams == 1);

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMilliseconds(Soon));
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
    }

    private async Task SendAsync(string status, params string[] ids)
    {
        foreach (var id in ids)
        {
            var body = VendorJson.Write(
                new StatusChange(
                    id,
                    "Live campaign",
                    status,
                    [new StatusChangeAction("n1", "Voicebot Call1", "call", "t1", status)]
                )
            );
            (await console.Sender.SendAsync("airudder", body, TestContext.Current.CancellationToken)).ShouldBe(200);
        }
    }
}
