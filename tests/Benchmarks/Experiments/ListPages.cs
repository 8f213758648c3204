using System.Diagnostics;
using System.Text.Json;
using Orleans.Workflow.Benchmarks.Measuring;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>How long pages of <c>GET /workflows</c> take: each sort alone, and with each of the filters.</summary>
internal sealed record ListPages(string Query, double FirstMs, double DeepMs)
{
    public const int Repetitions = 15;

    private const int PagesToWalk = 500;

    private static readonly string[] Sorts = ["-changed_at", "changed_at", "name", "first_received_at"];

    private static readonly string[] Filters =
        ["", "phase=ended", "phase=active", "status=finished", "outcome=failed", "attention=unfinished_tasks", "name=spring", "name=nobody"];

    public static async Task<IReadOnlyList<ListPages>> MeasureAsync(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
        var measured = new List<ListPages>();
        foreach (var sort in Sorts)
        {
            foreach (var filter in Filters)
            {
                var query = filter.Length == 0 ? $"sort={sort}" : $"{filter}&sort={sort}";
                var first = await TimeAsync(http, $"{query}&limit=100");
                var cursor = await DeepestCursorAsync(http, query);
                var deep = cursor is null ? first : await TimeAsync(http, $"{query}&limit=100&cursor={Uri.EscapeDataString(cursor)}");
                measured.Add(new ListPages(query, first, deep));
                Bench.Say($"list       {query,-50} first {first,7:0.00} ms   deep {deep,7:0.00} ms");
            }
        }

        return measured;
    }

    private static async Task<double> TimeAsync(HttpClient http, string query)
    {
        var times = new List<double>();
        for (var i = 0; i < Repetitions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            (await GetAsync(http, query)).Dispose();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times.Median();
    }

    /// <summary>Walks by large pages as far as the list goes, or half a million rows.</summary>
    private static async Task<string?> DeepestCursorAsync(HttpClient http, string query)
    {
        string? cursor = null;
        for (var page = 0; page < PagesToWalk; page++)
        {
            using var answer = await GetAsync(http, cursor is null ? $"{query}&limit=1000" : $"{query}&limit=1000&cursor={Uri.EscapeDataString(cursor)}");
            if (!answer.RootElement.TryGetProperty("next_cursor", out var next) || next.GetString() is not { } further)
                break;

            cursor = further;
        }

        return cursor;
    }

    private static async Task<JsonDocument> GetAsync(HttpClient http, string query)
    {
        using var answer = await http.GetAsync(new Uri($"/workflows?{query}", UriKind.Relative));
        var body = await answer.Content.ReadAsByteArrayAsync();
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(body)
            : throw new BenchmarkException($"GET /workflows?{query} was answered {(int)answer.StatusCode}: {System.Text.Encoding.UTF8.GetString(body)}");
    }
}
