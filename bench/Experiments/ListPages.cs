using System.Diagnostics;
using System.Text.Json;
using Orleans.Workflow.Benchmarks.Measuring;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// How long pages of <c>GET /workflows</c> take with few and with many stored workflows: each sort alone, and with each
/// of the filters.
/// </summary>
/// <remarks>The two services are asked in turn, so that both suffer alike from other load of the machine.</remarks>
/// <param name="Query">What is asked for.</param>
/// <param name="First">The first page.</param>
/// <param name="Deep">The deepest page that was walked to.</param>
internal sealed record ListPages(string Query, ListPages.Times First, ListPages.Times Deep)
{
    public const int Repetitions = 31;

    private const int WarmUps = 20,
        PagesToWalk = 500;

    private static readonly string[] Sorts = ["-changed_at", "changed_at", "name", "first_received_at"];

    private static readonly string[] Filters =
    [
        "",
        "phase=ended",
        "phase=active",
        "status=finished",
        "outcome=failed",
        "attention=unfinished_tasks",
        "name=spring",
        "name=nobody",
    ];

    /// <summary>Medians in milliseconds.</summary>
    public sealed record Times(double Few, double Many)
    {
        public double Ratio => Many / Few;
    }

    public static async Task<IReadOnlyList<ListPages>> MeasureAsync(Uri few, Uri many)
    {
        using var ofFew = Client(few);
        using var ofMany = Client(many);
        var queries = Sorts
            .SelectMany(
                static _ => Filters,
                static (sort, filter) => filter.Length == 0 ? $"sort={sort}" : $"{filter}&sort={sort}"
            )
            .ToList();
        foreach (var query in queries)
            await TimeAsync(ofFew, ofMany, $"{query}&limit=100", $"{query}&limit=100", WarmUps);

        var measured = new List<ListPages>();
        foreach (var query in queries)
        {
            var page = $"{query}&limit=100";
            var first = await TimeAsync(ofFew, ofMany, page, page, Repetitions);
            var deep = await TimeAsync(
                ofFew,
                ofMany,
                page + await DeepestAsync(ofFew, query),
                page + await DeepestAsync(ofMany, query),
                Repetitions
            );
            measured.Add(new ListPages(query, first, deep));
            Bench.Say(
                $"list       {query, -50} first {first.Few, 6:0.00} : {first.Many, 6:0.00} ms = "
                    + $"{first.Ratio:0.00}   deep {deep.Few, 6:0.00} : {deep.Many, 6:0.00} ms = {deep.Ratio:0.00}"
            );
        }

        return measured;
    }

    private static HttpClient Client(Uri address) => new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };

    private static async Task<Times> TimeAsync(
        HttpClient few,
        HttpClient many,
        string ofFew,
        string ofMany,
        int repetitions
    )
    {
        var times = new List<Times>();
        for (var i = 0; i < repetitions; i++)
            times.Add(new Times(await TimeAsync(few, ofFew), await TimeAsync(many, ofMany)));

        return new Times(
            times.Select(static time => time.Few).Median(),
            times.Select(static time => time.Many).Median()
        );
    }

    private static async Task<double> TimeAsync(HttpClient http, string query)
    {
        var start = Stopwatch.GetTimestamp();
        (await GetAsync(http, query)).Dispose();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>
    /// Walks by large pages as far as the list goes, or half a million rows; what is to be added to the query for the
    /// last of them.
    /// </summary>
    private static async Task<string> DeepestAsync(HttpClient http, string query)
    {
        var cursor = string.Empty;
        for (var page = 0; page < PagesToWalk; page++)
        {
            using var answer = await GetAsync(http, $"{query}&limit=1000{cursor}");
            if (!answer.RootElement.TryGetProperty("next_cursor", out var next) || next.GetString() is not { } further)
                break;

            cursor = $"&cursor={Uri.EscapeDataString(further)}";
        }

        return cursor;
    }

    private static async Task<JsonDocument> GetAsync(HttpClient http, string query)
    {
        using var answer = await http.GetAsync(new Uri($"/workflows?{query}", UriKind.Relative));
        var body = await answer.Content.ReadAsByteArrayAsync();
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(body)
            : throw new BenchmarkException(
                $"GET /workflows?{query} was answered {(int)answer.StatusCode}: "
                    + $"{System.Text.Encoding.UTF8.GetString(body)}"
            );
    }
}
