using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Orleans.Workflow.Benchmarks.Contestants;
using Orleans.Workflow.Benchmarks.Measuring;

namespace Orleans.Workflow.Benchmarks.Experiments;

/// <summary>
/// The processor time of a notification that ends one task, in a workflow with 1,000 tasks and in one with 100,000.
/// Each task has a node of its own, or all have the same node.
/// </summary>
internal sealed class Limits : IExperiment
{
    private const int Few = 1_000,
        Many = 100_000,
        EntriesOfBody = 5_000,
        WarmUps = 200,
        MaxMeasured = 600;

    private static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(5);

    public async Task<string?> RunAsync(Bench bench)
    {
        var text = new StringBuilder(
            "### limits\n\nA notification that ends one task of a workflow with 1,000 and with 100,000 tasks, "
                + "one after the other; processor time in ms of each (wanted at the limit: at most 20 ms, and at "
                + "most 3 × that of a thousand).\n\n"
        ).Append(
            "| contestant | tasks | 1,000: service | database | 100,000: service | database | ratio | p50 ms | "
                + "p99 ms | MiB resident |\n|---|---|---|---|---|---|---|---|---|---|\n"
        );
        var tookPart = false;
        Contestant[] products = [Contestant.Product, Contestant.ProductSqlite];
        var beside = bench.Options.Beside is { } words ? products.Select(product => product.As(words)) : [];
        foreach (var contestant in products.Where(bench.Admits).Concat(beside))
        {
            tookPart = true;
            await using var service = await RunningService.StartAsync(contestant, bench.Server);
            // Otherwise the time that the runtime compiles counts for the case that comes first.
            await MeasureAsync(service, Few, ofOneNode: false);
            await MeasureAsync(service, Few, ofOneNode: true);
            foreach (var ofOneNode in (bool[])[false, true])
            {
                var few = await MeasureAsync(service, Few, ofOneNode);
                var many = await MeasureAsync(service, Many, ofOneNode);
                var shape = ofOneNode ? "of one node" : "a node each";
                text.Append(
                    $"| {contestant.Name} | {shape} | {few.Service:0.0} | {few.Database:0.0} | "
                        + $"{many.Service:0.0} | {many.Database:0.0} "
                );
                text.Append(
                    $"| {many.Processor / few.Processor:0.0} × | {many.P50:0.0} | {many.P99:0.0} | "
                        + $"{service.ResidentBytes >> 20:n0} |\n"
                );
                Bench.Say($"limits     {contestant.Name}, {shape}: {few} : {many}");
            }
        }

        return tookPart ? text.ToString() : null;
    }

    private static async Task<Cost> MeasureAsync(RunningService service, int tasks, bool ofOneNode)
    {
        using var http = new HttpClient { BaseAddress = service.Address, Timeout = TimeSpan.FromMinutes(2) };
        var workflow = $"limits-{Runner.NextSeed()}";
        for (var first = 0; first < tasks; first += EntriesOfBody)
            await SendAsync(
                http,
                Body(workflow, ofOneNode, Enumerable.Range(first, Math.Min(EntriesOfBody, tasks - first)), "running")
            );

        await service.SettleAsync();
        var (next, start) = (0, Stopwatch.GetTimestamp());
        while (next < WarmUps && Stopwatch.GetElapsedTime(start) < MaxDuration / 2)
            await EndOneAsync();

        var before = service.Processor();
        var times = new List<double>();
        start = Stopwatch.GetTimestamp();
        while (times.Count < MaxMeasured && Stopwatch.GetElapsedTime(start) < MaxDuration)
            times.Add(await EndOneAsync());

        var after = service.Processor();
        times.Sort();
        return new Cost(
            (after.Service - before.Service).TotalMilliseconds / times.Count,
            (after.Database - before.Database).TotalMilliseconds / times.Count,
            times.Median(),
            times[times.Count * 99 / 100]
        );

        // Spread over all tasks: neighbours would be written as one change.
        Task<double> EndOneAsync() =>
            SendAsync(http, Body(workflow, ofOneNode, [(int)(next++ * 7919L % tasks)], "completed"));
    }

    private static string Body(string workflow, bool ofOneNode, IEnumerable<int> tasks, string status)
    {
        var entries = tasks.Select(task =>
            $$"""{"nodetask_id":"node-{{(ofOneNode ? 0 : task):000000}}","nodetask_name":"Voicebot Call","""
            + $"\"node_type\":\"call\",\"task_id\":\"task-{task:000000}\",\"task_status\":\"{status}\"}}"
        );
        return $$"""{"workflow_id":"{{workflow}}","workflow_name":"spring sale","status":"running","""
            + $"\"actions\":[{string.Join(',', entries)}]}}";
    }

    private static async Task<double> SendAsync(HttpClient http, string body)
    {
        var start = Stopwatch.GetTimestamp();
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        using var answer = await http.PostAsync(
            new Uri("/webhooks/airudder/workflow-status", UriKind.Relative),
            content
        );
        if (!answer.IsSuccessStatusCode)
            throw new BenchmarkException(
                $"A notification was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}"
            );

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private sealed record Cost(double Service, double Database, double P50, double P99)
    {
        public double Processor => Service + Database;

        public override string ToString() =>
            $"{Service:0.0} + {Database:0.0} ms of processor, p50 {P50:0.0}, p99 {P99:0.0} ms";
    }
}
