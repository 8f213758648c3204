using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Deliveries;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Refolds;

/// <summary>
/// Another vocabulary over many workflows, through a process that is killed half-way. The environment variable
/// REFOLD_WORKFLOWS says how many there are.
/// </summary>
public sealed class RefoldTests(ITestOutputHelper output)
{
    private static readonly int Workflows = int.Parse(
        Environment.GetEnvironmentVariable("REFOLD_WORKFLOWS") ?? "1000",
        CultureInfo.InvariantCulture
    );
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120) + TimeSpan.FromMilliseconds(10 * Workflows);

    private readonly IReadOnlyList<int> _ports = FreePort.Next(3);

    [Fact]
    public async Task Dry_run_and_real_run_agree_and_a_run_that_is_killed_goes_on_where_it_was()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await PostgresServer.StartNewAsync();
        var connection = await server.CreateDatabaseAsync($"refold_{Environment.ProcessId}");
        using var http = new HttpClient(new ContractHandler()) { Timeout = Timeout };
        await using (var first = await Start(connection, []))
        {
            using var run = new DeliveryRun(
                RefoldedWorkflows.Plan(5001, Workflows),
                new DeliveryOptions([first.Address])
            );
            await Timed($"{Workflows} workflows with 3 receipts each were sent", () => run.DeliverAsync(cancellation));
            var tried = await DryRun(http, first.Address, RefoldedWorkflows.Body);
            (await http.GetAsync(new Uri(first.Address, "/admin/refold"), cancellation)).StatusCode.ShouldBe(
                System.Net.HttpStatusCode.NotFound
            );
            tried.Summary.GetProperty("vocabulary").GetString().ShouldBe(RefoldedWorkflows.Other.Fingerprint);
            (await DryRun(http, first.Address, string.Empty)).Lines.ShouldBeEmpty();
            using var refused = await http.PostAsync(
                new Uri(first.Address, "/admin/refold"),
                new StringContent(RefoldedWorkflows.Body),
                cancellation
            );
            refused.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        }

        Dictionary<string, string> expected;
        await using (var second = await Start(connection, RefoldedWorkflows.Settings))
        {
            var tried = await Timed("the dry run", () => DryRun(http, second.Address, string.Empty));
            expected = tried.Lines.ToDictionary(
                static line => line.GetProperty("workflow_id").GetString()!,
                static line => Changes(line.GetProperty("changes"))
            );
            tried.Summary.GetProperty("workflows").GetInt64().ShouldBe(Workflows);
            tried.Summary.GetProperty("changed").GetInt64().ShouldBe(expected.Count);
            tried.Summary.GetProperty("failed").GetInt64().ShouldBe(0);

            using var begun = await http.PostAsync(new Uri(second.Address, "/admin/refold"), null, cancellation);
            begun.EnsureSuccessStatusCode();
            var halfway = await Until(http, second.Address, job =>
                job.GetProperty("refolded").GetInt64() > Workflows / 4
            );
            second.Process.Kill();
            await second.Process.WaitForExitAsync(cancellation);
            output.WriteLine($"killed after: {halfway}");
            halfway.GetProperty("state").GetString().ShouldBe("under_way");
        }

        await using var third = await Start(connection, RefoldedWorkflows.Settings);
        var finished = await Timed("the rest of the run, from the start of the process", () =>
            Until(http, third.Address, static job => job.GetProperty("state").GetString() == "finished")
        );
        output.WriteLine($"finished: {finished}");
        Count(finished, "done").ShouldBe(Workflows);
        Count(finished, "refolded").ShouldBe(Workflows);
        Count(finished, "changed").ShouldBe(expected.Count);
        Count(finished, "failed").ShouldBe(0);
        var applied = await Applied(connection);
        applied.Keys.ShouldBe(expected.Keys, ignoreOrder: true);
        foreach (var (id, changes) in expected)
            applied[id].ShouldBe(changes, id);

        (await RefoldedWorkflows.ShouldBeFoldsFromNothing(connection)).ShouldBe(Workflows);
        expected.Count.ShouldBeInRange(Workflows / 4, Workflows - 1);
    }

    private static long Count(JsonElement job, string name) => job.GetProperty(name).GetInt64();

    /// <summary>What each workflow's refold changed, as it is stored.</summary>
    private static async Task<Dictionary<string, string>> Applied(string connection)
    {
        await using var dataSource = NpgsqlDataSource.Create(connection);
        await using var command = dataSource.CreateCommand(
            "SELECT workflow_id, changes FROM receipt WHERE kind = 1 AND changes IS NOT NULL"
        );
        await using var reader = await command.ExecuteReaderAsync();
        var applied = new Dictionary<string, string>();
        while (await reader.ReadAsync())
        {
            using var changes = JsonDocument.Parse(reader.GetString(1));
            var lines = changes
                .RootElement.EnumerateArray()
                .Select(static change =>
                {
                    change.GetProperty("rule").GetString().ShouldBe("refold");
                    return $"{change.GetProperty("kind")} {Text(change, "node_task_id")}/{Text(change, "task_id")} "
                        + $"{StatusValue(change, "from")}>{StatusValue(change, "to")}";
                });
            applied.Add(reader.GetString(0), string.Join('\n', lines));
        }

        return applied;

        static string? Text(JsonElement change, string name) =>
            change.TryGetProperty(name, out var text) ? text.GetString() : null;
        static string? StatusValue(JsonElement change, string name) =>
            change.TryGetProperty(name, out var value) ? value.GetProperty("text").GetString() : null;
    }

    private static string Changes(JsonElement changes) =>
        string.Join(
            '\n',
            changes
                .EnumerateArray()
                .Select(static change =>
                {
                    var subject = change.GetProperty("subject");
                    return $"{change.GetProperty("kind")} "
                        + $"{subject.GetProperty("nodetask_id")}/{subject.GetProperty("task_id")} "
                        + $"{Text(change.GetProperty("from"))}>{Text(change.GetProperty("to"))}";
                })
        );

    private static string? Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null ? null : value.GetProperty("text").GetString();

    private static async Task<(List<JsonElement> Lines, JsonElement Summary)> DryRun(
        HttpClient http,
        Uri address,
        string body
    )
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(address, "/admin/refold?dry_run=true"), content);
        answer.EnsureSuccessStatusCode();
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/x-ndjson");
        var lines = (await answer.Content.ReadAsStringAsync())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonSerializer.Deserialize<JsonElement>(line))
            .ToList();
        return (lines[..^1], lines[^1]);
    }

    private static async Task<JsonElement> Until(HttpClient http, Uri address, Func<JsonElement, bool> isReached)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var job = JsonSerializer.Deserialize<JsonElement>(
                await http.GetStringAsync(new Uri(address, "/admin/refold"))
            );
            if (isReached(job))
                return job;

            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(Timeout, $"the job stands at {job}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private async Task Timed(string what, Func<Task> act) => await Timed(what, async () =>
        {
            await act();
            return true;
        });

    private async Task<T> Timed<T>(string what, Func<Task<T>> act)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await act();
        output.WriteLine($"{what}: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        return result;
    }

    /// <summary>Each process takes the place of the one before, under the same address: so it joins at once.</summary>
    private async Task<RunningApi> Start(string connection, IEnumerable<string> settings)
    {
        var address = new Uri($"http://127.0.0.1:{_ports[2]}");
        var process = ServiceProcess.Start(
            WorkingCopy.Api,
            [
                $"--urls={address}",
                "--Storage:Provider=Postgres",
                $"--ConnectionStrings:Workflows={connection}",
                $"--Cluster:SiloPort={_ports[0]}",
                $"--Cluster:GatewayPort={_ports[1]}",
                .. settings,
            ],
            [new("ASPNETCORE_ENVIRONMENT", "Development")]
        );
        await process.WaitUntilReadyAsync(new Uri(address, "/health/ready"), TimeSpan.FromSeconds(90));
        return new RunningApi(process, address);
    }

    private sealed record RunningApi(ServiceProcess Process, Uri Address) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Process.StopAsync(TimeSpan.FromSeconds(60));
            await Process.DisposeAsync();
        }
    }
}
