using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Orleans.Workflow.Console.Tests.Hosting;

/// <summary>A window of the browser. It notes what the browser complains of: errors, warnings, and whatever the content security policy stopped.</summary>
internal sealed class Window : IAsyncDisposable
{
    private const string ListenToPolicy =
        "addEventListener('securitypolicyviolation', e => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`))";

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
        window.Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                window._complaints.Enqueue($"{message.Type}: {message.Text} ({message.Location})");
        };
        window.Page.PageError += (_, error) => window._complaints.Enqueue($"uncaught: {error}");
        return window;
    }

    /// <summary>Opens a page of the console.</summary>
    public async Task<IPage> GoAsync(string path)
    {
        var answer = (await Page.GotoAsync(path)).ShouldNotBeNull();
        answer.Status.ShouldBeLessThan(400, path);
        return Page;
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
