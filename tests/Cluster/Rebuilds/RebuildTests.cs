using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Orleans.Workflow.Cluster.Tests.Refolds;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Deliveries;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Cluster.Tests.Rebuilds;

/// <summary>
/// Rows of many workflows are damaged, and rebuilt while notifications arrive, over a kill half-way. The
/// environment variable REBUILD_WORKFLOWS says how many there are.
/// </summary>
public sealed partial class RebuildTests(ITestOutputHelper output)
{
    /// <summary>Workflows that get no notifications while they are rebuilt: their answers must not change.</summary>
    private static readonly int Quiet = int.Parse(
        Environment.GetEnvironmentVariable("REBUILD_WORKFLOWS") ?? "1000",
        CultureInfo.InvariantCulture
    );

    /// <summary>Workflows that do.</summary>
    private static readonly int Busy = Math.Max(Math.Min(300, Quiet / 10), Quiet / 50);

    /// <summary>Rows are deleted, states lost or unreadable, and columns of the list changed.</summary>
    private static readonly ImmutableArray<string> Damages =
    [
        Damage("UPDATE orleansstorage SET payloadbinary = NULL", "abc0"),
        Damage("UPDATE orleansstorage SET payloadbinary = CAST('no state' AS {0})", "def1"),
        Damage("UPDATE orleansstorage SET name_lower = 'x', state_code = 2, word = 'x', workflow_version = 99", "2345"),
        Damage("DELETE FROM orleansstorage", "6789"),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_PostgreSQL_a_rebuild_that_is_killed_and_started_again_restores_every_answer()
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var api = await SingleApi.StartOnPostgresAsync(server);
        await DamageAndRebuild(api, bytes: "bytea");
    }

    [Fact]
    public async Task On_SQLite_a_rebuild_that_is_killed_and_started_again_restores_every_answer()
    {
        await using var api = await SingleApi.StartOnSqliteAsync();
        await DamageAndRebuild(api, bytes: "BLOB");
    }

    private async Task DamageAndRebuild(SingleApi api, string bytes)
    {
        using var quiet = new DeliveryRun(RefoldedWorkflows.Plan(6001, Quiet), new DeliveryOptions([api.Address]));
        await quiet.DeliverAsync(Cancellation);
        var plan = DeliveryPlan.Generate(6002, Busy);
        var half = plan.Deliveries.Length / 2;
        var early = plan with { Deliveries = plan.Deliveries[..half] };
        var late = plan with { Deliveries = plan.Deliveries[half..] };
        using var first = new DeliveryRun(early, new DeliveryOptions([api.Address]));
        await first.DeliverAsync(Cancellation);
        var before = await Answers(api);

        foreach (var damage in Damages)
            await api.ExecuteAsync(string.Format(CultureInfo.InvariantCulture, damage, bytes));

        using var busy = new DeliveryRun(
            late,
            new DeliveryOptions([api.Address]) { PerSecond = 400, Deadline = TimeSpan.FromMinutes(10) }
        );
        var delivering = busy.DeliverAsync(Cancellation);
        await KillHalfway(api);
        (await RebuildToEnd(api)).ShouldBeGreaterThan(0, "the first was killed half-way");
        output.WriteLine($"{busy.Log.AcknowledgedCount} notifications were acknowledged meanwhile");
        await delivering;
        (await api.AuditAsync()).ShouldBeClean();

        // What is in the memory of the process was never damaged.
        await api.CrashAndRestartAsync();
        var after = await Answers(api);
        after.Keys.ShouldBe(before.Keys, ignoreOrder: true);
        after.Where(answer => answer.Value != before[answer.Key]).ShouldBeEmpty();
        (first.Log.AcknowledgedCount + busy.Log.AcknowledgedCount).ShouldBe(plan.Deliveries.Length);
        using var reader = new ServiceReader(api.Address);
        var report = await DeliveryChecker.CheckAsync(
            first.Log.Sendings.Concat(busy.Log.Sendings),
            reader,
            await reader.ListWorkflows(Cancellation),
            Cancellation
        );
        output.WriteLine($"{report}; answers: {busy.Log.Answers()}");
        report.ThrowIfViolated();
    }

    /// <summary>The workflows whose ids end with one of some characters.</summary>
    private static string Damage(string change, string ends) =>
        $"{change} WHERE '{ends}' LIKE '%' || substr(grainidextensionstring, length(grainidextensionstring), 1) || '%'";

    private async Task KillHalfway(SingleApi api)
    {
        var start = Stopwatch.GetTimestamp();
        await using var rebuild = api.StartRebuild();
        while (rebuild.Output.Lines.Count < Quiet / 3)
        {
            rebuild.HasExited.ShouldBeFalse(rebuild.Output.ToString());
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }

        rebuild.Kill();
        await rebuild.WaitForExitAsync();
        output.WriteLine($"{Since(start)}: killed after {rebuild.Output.Lines.Count} workflows were rewritten");
    }

    /// <returns>How many workflows it rewrote.</returns>
    private async Task<int> RebuildToEnd(SingleApi api)
    {
        var start = Stopwatch.GetTimestamp();
        await using var rebuild = api.StartRebuild();
        await rebuild.WaitForExitAsync();
        var end = rebuild.Output.Lines[^1];
        rebuild.ExitCode.ShouldBe(0, end);
        output.WriteLine($"{Since(start)}: {end}");
        return int.Parse(Totals().Match(end).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static string Since(long start) => $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s";

    /// <summary>The row in the list, the state and the explanation of each workflow that is quiet.</summary>
    private static async Task<ConcurrentDictionary<string, string>> Answers(SingleApi api)
    {
        using var reader = new ServiceReader(api.Address);
        using var http = new HttpClient { BaseAddress = api.Address };
        var answers = new ConcurrentDictionary<string, string>();
        var quiet = (await reader.ListWorkflows(Cancellation)).Where(static row =>
            row.Key.StartsWith("refold-", StringComparison.Ordinal)
        );
        await Parallel.ForEachAsync(quiet, Cancellation, async (row, token) =>
        {
            answers[$"{row.Key} in the list"] = row.Value.ToString();
            foreach (var path in (string[])[$"/workflows/{row.Key}", $"/workflows/{row.Key}/explain"])
                answers[path] = await http.GetStringAsync(new Uri(path, UriKind.Relative), token);
        });
        answers.Count.ShouldBe(3 * Quiet);
        return answers;
    }

    [GeneratedRegex(": ([0-9]+) rewritten, 0 left")]
    private static partial Regex Totals();
}
