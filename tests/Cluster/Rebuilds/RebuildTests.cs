using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Orleans.Workflow.Cluster.Tests.Refolds;
using Orleans.Workflow.Cluster.Tests.Topologies;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Deliveries;
using Orleans.Workflow.Testing.Postgres;

namespace Orleans.Workflow.Cluster.Tests.Rebuilds;

/// <summary>Rows of thousands of workflows are damaged, and rebuilt while notifications arrive, over a kill half-way.</summary>
public sealed partial class RebuildTests(ITestOutputHelper output)
{
    private const int Quiet = 3_000, Busy = 600;

    /// <summary>Of each kind of damage some: rows deleted, states lost or unreadable, columns of the list changed.</summary>
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
        var half = plan.Parcels.Length / 2;
        var damaged = new TaskCompletionSource();
        using var busy = new DeliveryRun(plan, new DeliveryOptions([api.Address])
        {
            Clients = 16,
            Deadline = TimeSpan.FromMinutes(5),
            Gate = place => place < half ? Task.CompletedTask : damaged.Task,
        });
        var delivering = busy.DeliverAsync(Cancellation);
        await busy.WhenAcknowledged(half - 16);
        var before = await Answers(api);

        foreach (var damage in Damages)
            await api.ExecuteAsync(string.Format(CultureInfo.InvariantCulture, damage, bytes));

        damaged.SetResult();
        await KillHalfway(api);
        var rewritten = await RebuildToEnd(api);
        await delivering;

        rewritten.ShouldBeGreaterThan(0, "the first was killed half-way");
        (await api.AuditAsync()).ShouldBeClean();

        // What is in the memory of the process was never damaged.
        await api.CrashAndRestartAsync();
        var after = await Answers(api);
        after.Keys.ShouldBe(before.Keys, ignoreOrder: true);
        after.Where(answer => answer.Value != before[answer.Key]).ShouldBeEmpty();
        busy.Log.AcknowledgedCount.ShouldBe(plan.Parcels.Length);
        var report = await DeliveryChecker.CheckAsync(busy.Log, api.Address, Cancellation);
        output.WriteLine($"{report}; answers: {busy.Log.Answers()}");
        report.ThrowIfViolated();
    }

    /// <summary>Of the workflows whose ids end with one of some characters.</summary>
    private static string Damage(string change, string ends) =>
        $"{change} WHERE substr(grainidextensionstring, length(grainidextensionstring), 1) IN ('{string.Join("', '", ends.ToCharArray())}')";

    private async Task KillHalfway(SingleApi api)
    {
        await using var rebuild = api.StartRebuild();
        while (rebuild.Output.Lines.Count < Quiet / 3)
        {
            rebuild.HasExited.ShouldBeFalse(rebuild.Output.ToString());
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
        }

        rebuild.Kill();
        await rebuild.WaitForExitAsync();
        output.WriteLine($"killed after {rebuild.Output.Lines.Count} workflows were rewritten");
    }

    /// <returns>How many workflows it rewrote.</returns>
    private async Task<int> RebuildToEnd(SingleApi api)
    {
        await using var rebuild = api.StartRebuild();
        await rebuild.WaitForExitAsync();
        var end = rebuild.Output.Lines[^1];
        rebuild.ExitCode.ShouldBe(0, end);
        output.WriteLine(end);
        return int.Parse(Totals().Match(end).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>The row in the list, the state and the explanation of each workflow that is quiet.</summary>
    private static async Task<Dictionary<string, string>> Answers(SingleApi api)
    {
        using var reader = new ServiceReader(api.Address);
        using var http = new HttpClient(new ContractHandler()) { BaseAddress = api.Address };
        var rows = await reader.ListWorkflows(Cancellation);
        var answers = new Dictionary<string, string>();
        foreach (var (id, row) in rows.Where(static row => row.Key.StartsWith("refold-", StringComparison.Ordinal)))
        {
            answers.Add($"{id} in the list", row.ToString());
            foreach (var path in (string[])[$"/workflows/{id}", $"/workflows/{id}/explain"])
                answers.Add(path, await http.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation));
        }

        answers.Count.ShouldBe(3 * Quiet);
        return answers;
    }

    [GeneratedRegex(": ([0-9]+) rewritten, 0 left")]
    private static partial Regex Totals();
}
