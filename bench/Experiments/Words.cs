using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Measuring;
using Orleans.Workflow.Benchmarks.Workloads;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// What a sender costs that makes up words: 10,000 and 100,000 workflows, each with a status of its own. Measured are
/// lists, counts, words and the console, and processor time and memory without requests.
/// </summary>
/// <remarks>Lists of more than 10,000 workflows are not read to their last page.</remarks>
internal sealed class Words : IExperiment
{
    private const int WarmUps = 5,
        Repetitions = 11,
        Rounds = 3,
        MaxWalked = 10_000;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);

    private static readonly string[] Sorts = ["-changed_at", "changed_at", "name", "first_received_at"];

    private static readonly string[] Filters =
    [
        "",
        "phase=active&",
        "phase=ended&",
        "status=in+progress+77+of+many&",
        "status=running&",
        "outcome=failed&",
        "attention=unrecognised_status&",
        "attention=unrecognised_status&status=in+progress+77+of+many&",
        "name=spring&",
        "node_type=call&",
        "silent_for=1s&",
    ];

    private static readonly string[] Others =
    [
        "/workflow-counts?group_by=phase",
        "/workflow-counts?group_by=outcome",
        "/workflow-counts?group_by=status",
        "/workflow-counts?group_by=name",
        "/vocabulary",
        "/vocabulary?limit=1000",
        "/console",
        "/console/workflows",
        "/console/workflows?phase=active&sort=name",
        "/console/workflows?q=spring",
        "/console/vocabulary",
        "/console/sources",
        "/console/refused",
    ];

    public async Task<string?> RunAsync(Bench bench)
    {
        var text = new StringBuilder(
            "### words\n\nA sender gives each workflow a status of its own. Wanted with 10,000: each answer "
                + "within 50 ms, in the median. p50 and maximum in ms of "
        )
            .Append(Repetitions)
            .Append(" requests, one after the other.\n");
        var tookPart = false;
        foreach (var contestant in ((Contestant[])[Contestant.Product, Contestant.ProductSqlite]).Where(bench.Admits))
        {
            tookPart = true;
            await using var service = await RunningService.StartAsync(contestant, bench.Server);
            var (seed, stored) = (Runner.NextSeed(), 0);
            foreach (var words in ((int[])[100, 10_000, 100_000]).Where(words => words <= bench.Options.Stored))
            {
                bench.Runner.Send(service, new OnceSource(new MadeUpLife(), seed, 0, stored, words - stored));
                stored = words;
                await service.SettleAsync();
                text.Append(await MeasureAsync(service, words));
            }
        }

        return tookPart ? text.ToString() : null;
    }

    private static async Task<string> MeasureAsync(RunningService service, int words)
    {
        var idle = service.Processor();
        await Task.Delay(Idle, TimeProvider.System);
        var after = service.Processor();
        var busy = (after.Service + after.Database - idle.Service - idle.Database) / Idle;
        var before = service.ResidentBytes;
        using var http = new HttpClient { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(2) };
        var text = new StringBuilder(
            $"\n#### {service.Contestant.Name}, {words:n0} words\n\n| query | p50 | max | deepest p50 | max "
                + "|\n|---|---|---|---|---|\n"
        );
        foreach (
            var path in Sorts.SelectMany(
                static _ => Filters,
                static (sort, filter) => $"/workflows?{filter}sort={sort}"
            )
        )
        {
            var first = await TimeAsync(http, path);
            var deep = words > MaxWalked ? first : await TimeAsync(http, path + await DeepestAsync(http, path));
            text.Append($"| `{path}` | {first.P50:0.0} | {first.Max:0.0} | {deep.P50:0.0} | {deep.Max:0.0} |\n");
            Bench.Say(
                $"words      {words, 7:n0} {path, -95} {first.P50, 6:0.0} {first.Max, 6:0.0}   deep "
                    + $"{deep.P50, 6:0.0} {deep.Max, 6:0.0} ms"
            );
        }

        foreach (var path in Others)
        {
            var (p50, max) = await TimeAsync(http, path);
            text.Append($"| `{path}` | {p50:0.0} | {max:0.0} | | |\n");
            Bench.Say($"words      {words, 7:n0} {path, -95} {p50, 6:0.0} {max, 6:0.0} ms");
        }

        // What is kept for a request grows with each round; what the collector leaves for later does not.
        var resident = new List<long> { before, service.ResidentBytes };
        for (var round = 0; round < Rounds && words <= MaxWalked; round++)
        {
            foreach (var path in Others.Concat(Filters.Select(static filter => $"/workflows?{filter}limit=1000")))
                await TimeAsync(http, path);

            resident.Add(service.ResidentBytes);
        }

        var sizes = string.Join(", ", resident.Select(static bytes => $"{bytes >> 20:n0}"));
        var memory =
            $"With {words:n0} words the idle service uses {busy:p0} of a processor. Resident memory before these "
            + $"requests, after them, and after each further round of requests: {sizes} MiB.";
        Bench.Say($"words      {service.Contestant.Name}: {memory}");
        return text.Append($"\n{memory}\n").ToString();
    }

    private static async Task<(double P50, double Max)> TimeAsync(HttpClient http, string path)
    {
        var times = new List<double>();
        for (var i = 0; i < WarmUps + Repetitions; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            var body = await answer.Content.ReadAsByteArrayAsync();
            if (!answer.IsSuccessStatusCode)
                throw new BenchmarkException(
                    $"GET {path} was answered {(int)answer.StatusCode}: {Encoding.UTF8.GetString(body)}"
                );

            if (i >= WarmUps)
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return (times.Median(), times.Max());
    }

    /// <summary>What is to be added to a path for the last page of its list.</summary>
    private static async Task<string> DeepestAsync(HttpClient http, string path)
    {
        var cursor = string.Empty;
        while (true)
        {
            using var page = JsonDocument.Parse(
                await http.GetByteArrayAsync(new Uri($"{path}&limit=1000{cursor}", UriKind.Relative))
            );
            if (!page.RootElement.TryGetProperty("next_cursor", out var next) || next.GetString() is not { } further)
                return cursor;

            cursor = $"&cursor={Uri.EscapeDataString(further)}";
        }
    }
}
