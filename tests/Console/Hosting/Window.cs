using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Orleans.Workflow.Console.Tests.Hosting;

/// <summary>
/// A window of the browser. It notes the browser's errors and warnings, and what the content security policy blocked.
/// </summary>
internal sealed class Window : IAsyncDisposable
{
    private const string ListenToPolicy =
        "addEventListener('securitypolicyviolation', e => console.error(`CSP: ${e.violatedDirective} "
        + "${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))";

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    private Window(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }

    /// <summary>What the browser complained of.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public static async Task<Window> OpenAsync(IBrowserContext context)
    {
        await context.AddInitScriptAsync(ListenToPolicy);
        var window = new Window(context, await context.NewPageAsync());
        window.Listen(window.Page);
        return window;
    }

    /// <summary>Opens a further page beside those that are open, of a service at an address.</summary>
    public async Task<IPage> OpenPageAsync(Uri address, string path, int status = 200)
    {
        var page = await _context.NewPageAsync();
        Listen(page);
        var answer = (await page.GotoAsync(new Uri(address, path).AbsoluteUri)).ShouldNotBeNull();
        answer.Status.ShouldBe(status, path);
        return page;
    }

    /// <summary>Opens a page of the console.</summary>
    /// <param name="path">Its path, or a whole address.</param>
    /// <param name="status">What it must be answered with.</param>
    public async Task<IPage> GoAsync(string path, int status = 200)
    {
        var answer = (await Page.GotoAsync(path)).ShouldNotBeNull();
        answer.Status.ShouldBe(status, path);
        return Page;
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Listen(IPage page)
    {
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Enqueue($"{message.Type}: {message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => _complaints.Enqueue($"uncaught: {error}");
    }
}
