using System.Diagnostics;

namespace Orleans.Workflow.Benchmarks.Feeds;

/// <summary>
/// Behaves like a browser that has the console's first page open: it listens for events, and reads the page again at
/// the pace of the console's script.
/// </summary>
internal sealed class ConsoleViewer : IAsyncDisposable
{
    /// <summary>What the page waits after a sign, and between two readings of itself.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(400),
        AtLeast = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _closing = new();
    private readonly HttpClient _http;
    private Task _viewing = Task.CompletedTask;

    private ConsoleViewer(Uri address) => _http = new HttpClient { BaseAddress = address };

    /// <summary>How often it read the page.</summary>
    public int Pages { get; private set; }

    /// <summary>
    /// Reads the page so often that all of it is compiled, as it is where consoles have been open for minutes.
    /// </summary>
    public static async Task WarmUpAsync(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        for (var i = 0; i < 200; i++)
            await http.GetStringAsync("/console");
    }

    public static ConsoleViewer Open(Uri address)
    {
        var viewer = new ConsoleViewer(address);
        viewer._viewing = viewer.ViewAsync();
        return viewer;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _viewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _closing.Dispose();
        if (_viewing.IsFaulted)
            throw new BenchmarkException(
                $"The console could not be read: {_viewing.Exception.GetBaseException().Message}"
            );
    }

    private async Task ViewAsync()
    {
        using var signs = new StreamReader(await _http.GetStreamAsync("/events?every=200ms", _closing.Token));
        var last = Stopwatch.GetTimestamp() - Stopwatch.Frequency;
        while (await signs.ReadLineAsync(_closing.Token) is { } line)
        {
            // Signs that came while it waited are read at once, one after the other, and ask for nothing new.
            if (!line.StartsWith("data:", StringComparison.Ordinal) || Stopwatch.GetElapsedTime(last) < Moment)
                continue;

            var wait = AtLeast - Stopwatch.GetElapsedTime(last);
            await Task.Delay(wait > Moment ? wait : Moment, TimeProvider.System, _closing.Token);
            last = Stopwatch.GetTimestamp();
            await _http.GetStringAsync("/console", _closing.Token);
            Pages++;
        }
    }
}
