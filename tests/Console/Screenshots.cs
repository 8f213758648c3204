using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Console.Tests;

/// <summary>
/// Every page as it looks. The pictures are kept for the documents if the variable CONSOLE_SCREENSHOTS is set.
/// </summary>
public sealed class Screenshots(ConsoleFixture console)
{
    private static readonly bool AreKept = Environment.GetEnvironmentVariable("CONSOLE_SCREENSHOTS") is { Length: > 0 };

    public static TheoryData<string> Looks => ["light", "dark", "phone"];

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Every_page_fits_its_window(string look)
    {
        await using var window = await console.Chromium.OpenAsync(
            new BrowserNewContextOptions
            {
                ColorScheme = look == "dark" ? ColorScheme.Dark : ColorScheme.Light,
                ViewportSize =
                    look == "phone"
                        ? new ViewportSize { Width = 390, Height = 844 }
                        : new ViewportSize { Width = 1360, Height = 860 },
                DeviceScaleFactor = 1,
            }
        );
        foreach (var (name, path) in await console.PagesAsync())
        {
            var page = await window.GoAsync(path);
            await page.WaitForFunctionAsync("document.documentElement.classList.contains('scripted')");

            var tooWide = await page.EvaluateAsync<int>(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            );

            tooWide.ShouldBeLessThanOrEqualTo(0, $"{path} is wider than the window ({look})");
            await KeepAsync(page, $"{name}-{look}");
        }
        window.Complaints.ShouldBeEmpty();
    }

    /// <summary>Keeps a picture of a page for the documents, if pictures are wanted.</summary>
    internal static async Task KeepAsync(IPage page, string name)
    {
        if (AreKept)
            await page.ScreenshotAsync(
                new PageScreenshotOptions { Path = Path.Combine(WorkingCopy.Root, "docs", "console", $"{name}.png") }
            );
    }
}
