using Microsoft.Playwright;

namespace Orleans.Workflow.Console.Tests.Hosting;

/// <summary>The system's own Chromium, without a window. Nothing is downloaded.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Arguments =
    [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly Uri _address;

    private Chromium(IPlaywright playwright, IBrowser browser, Uri address) =>
        (_playwright, _browser, _address) = (playwright, browser, address);

    public static async Task<Chromium> StartAsync(Uri address)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = Arguments }
        );
        return new Chromium(playwright, browser, address);
    }

    /// <summary>Opens a window of its own, which notes the browser's errors and warnings.</summary>
    public async Task<Window> OpenAsync(BrowserNewContextOptions? options = null)
    {
        options ??= new BrowserNewContextOptions();
        options.BaseURL = _address.ToString();
        options.TimezoneId ??= "America/Sao_Paulo";
        options.Locale ??= "en-GB";
        return await Window.OpenAsync(await _browser.NewContextAsync(options));
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
