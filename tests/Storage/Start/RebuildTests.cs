using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Start;

/// <summary>The command <c>rebuild</c> as a process beside a silo.</summary>
public abstract class RebuildTests(SiloFixture fixture)
{
    private SiloUnderTest Silo => fixture.Silo;

    [Fact]
    public async Task It_reports_what_it_rewrote_and_what_it_could_not()
    {
        string[] ids = ["\"a\"", "b", "c", "d"];
        foreach (var id in ids)
        {
            await Silo.Workflow(id).Receive(Receipts.Of(id, "running")).InTime();
            await Silo.Workflow(id).Receive(Receipts.Of(id, "paused")).InTime();
        }

        await ShouldEnd(0, "4 workflows, 8 receipts: 0 rewritten, 0 left as they are.");

        await Silo.Execute("UPDATE orleansstorage SET payloadbinary = NULL WHERE grainidextensionstring <> 'wf/d'");
        await Silo.Execute("DELETE FROM receipt WHERE workflow_id = 'c' AND seq = 1");
        await Silo.Provider.WriteStateAsync(
            "node-task",
            Sample.Grain(GrainKeys.NodeTask("d", "n")),
            Sample.State("of a silo of an earlier version")
        );
        await ShouldEnd(
            2,
            @"""\u0022a\u0022"" rewritten; state at ""state"": expected ""a state at receipt 2"", stored nothing",
            @"""b"" rewritten; state at ""state"": expected ""a state at receipt 2"", stored nothing",
            @"""c"" not_foldable; receipt_missing at ""receipt 1"": expected ""a receipt"", stored ""the next is 2""",
            @"nothing not_foldable; orphan at ""node/d/n"": expected nothing, stored ""a state""",
            "4 workflows, 6 receipts: 2 rewritten, 2 left as they are."
        );

        var (exitCode, lines) = await Run("--json");
        exitCode.ShouldBe(2);
        var json = lines.ConvertAll(static line => JsonSerializer.Deserialize<JsonElement>(line));
        json.Count.ShouldBe(3);
        json[0].GetProperty("workflow_id").GetString().ShouldBe("c");
        json[0].GetProperty("outcome").GetString().ShouldBe("not_foldable");
        json[0].GetProperty("findings")[0].GetProperty("kind").GetString().ShouldBe("receipt_missing");
        json[2].ToString().ShouldBe("""{"workflows":4,"receipts":6,"rewritten":0,"left":2}""");
    }

    private async Task ShouldEnd(int exitCode, params string[] lines)
    {
        var end = await Run();
        end.Lines.ShouldBe(lines);
        end.ExitCode.ShouldBe(exitCode);
    }

    private async Task<(int ExitCode, List<string> Lines)> Run(params string[] options)
    {
        var end = await HostRun.ToEnd(
            "Silo",
            ["rebuild", .. options, .. HostRun.On(Silo.Settings), "--Cluster:ServiceId=tests"]
        );
        return (end.ExitCode, [.. end.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }
}

/// <summary>On SQLite, whose file the silo owns.</summary>
public sealed class RebuildOnSqlite(SqliteSilo fixture) : RebuildTests(fixture), IClassFixture<SqliteSilo>;

/// <summary>On PostgreSQL.</summary>
public sealed class RebuildOnPostgres(PostgresSilo fixture) : RebuildTests(fixture), IClassFixture<PostgresSilo>;
