using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Audit;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Grains.Vocabularies;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Limits;

/// <summary>
/// States that are stored as a snapshot and the receipts behind it, through the product's own grains and storage, on
/// every database.
/// </summary>
public abstract class LargeStateCompliance(ITestDatabases databases)
{
    /// <summary>Every state is large, and has a snapshot every tenth receipt or so.</summary>
    private static readonly SnapshotCadence Small = new(MinBytes: 0, BytesPerReceipt: 0, MaxBehind: 8);

    [Fact]
    public async Task The_next_activation_shows_what_the_last_one_did_wherever_the_snapshot_is()
    {
        var settings = await databases.CreateAsync();
        WorkflowView? shown = null;
        var behind = new List<long>();
        for (var i = 0; i < 12; i++)
        {
            await using var silo = await Start(settings);
            var workflow = silo.Workflow("w");
            if (i % 2 == 0)
                Json(await workflow.GetState().InTime()).ShouldBe(Json(shown));

            for (var j = 0; j < 3; j++)
                await workflow
                    .Receive(
                        Receipts.Of(
                            "w",
                            "running",
                            (
                                $"n{(i + j) % 5}",
                                i > 8 ? "finished"
                                : j == 1 ? "paused"
                                : "running"
                            )
                        )
                    )
                    .InTime();

            shown = await workflow.GetState().InTime();
            await ShouldBeClean(silo);
            var (head, snapshot) = await Stored(silo);
            behind.Add(head.Seq - snapshot.Seq);
        }

        behind.ShouldContain(static receipts => receipts >= 3, "receipts were folded behind a snapshot");
        behind.Max().ShouldBeLessThan(36, "and snapshots were written");
    }

    [Fact]
    public async Task Receipts_that_change_nothing_are_followed_by_a_snapshot_too()
    {
        await using var silo = await Start(await databases.CreateAsync());
        var snapshots = new HashSet<long>();
        for (var i = 0; i < 60; i++)
        {
            await silo.Workflow("w").Receive(Receipts.Of("w", "running", ("n", "running"))).InTime();
            snapshots.Add((await Stored(silo)).Snapshot.Seq);
        }

        snapshots.Count.ShouldBeInRange(2, 30);
        await ShouldBeClean(silo);
    }

    [Fact]
    public async Task Receipts_behind_a_snapshot_may_be_removed()
    {
        var settings = await databases.CreateAsync();
        string shown;
        await using (var silo = await Start(settings))
        {
            shown = Json(await Report(silo, 7));
            var (head, snapshot) = await Stored(silo);
            snapshot.Seq.ShouldBeLessThan(head.Seq - 1);
            (await Trim(silo, head.Seq - 1)).ShouldBe((int)head.Seq - 1);
            await ShouldBeClean(silo);
        }

        await using var next = await Start(settings);
        Json(await next.Workflow("w").GetState().InTime()).ShouldBe(shown);
        await next.Workflow("w").Receive(Receipts.Of("w", "finished")).InTime();
        await ShouldBeClean(next);
    }

    [Fact]
    public async Task A_state_without_its_snapshot_is_folded_from_the_receipts()
    {
        var settings = await databases.CreateAsync();
        string shown;
        await using (var silo = await Start(settings))
        {
            shown = Json(await Report(silo, 7));
            await silo.Execute("DELETE FROM orleansstorage WHERE graintypestring = 'workflow-snapshot'");
        }

        await using var next = await Start(settings);
        Json(await next.Workflow("w").GetState().InTime()).ShouldBe(shown);
    }

    [Fact]
    public async Task A_deleted_workflow_takes_its_snapshot_with_it()
    {
        await using var silo = await Start(await databases.CreateAsync());
        await Report(silo, 4);
        await silo.Workflow("w").Receive(Receipts.Of("w", "finished")).InTime();

        (await silo.Workflow("w").Delete(DateTimeOffset.MaxValue).InTime()).ShouldBeTrue();

        (await silo.Number("SELECT count(*) FROM orleansstorage")).ShouldBe(1, "the tombstone");
        await ShouldBeClean(silo);
    }

    [Fact]
    public async Task A_refold_writes_a_snapshot()
    {
        var settings = await databases.CreateAsync();
        await using (var before = await Start(settings))
            await Report(before, 7, "on hold");

        var other = new Vocabulary(
            Vocabulary.DefaultWords.SetItem("on hold", new StatusMeaning(WorkflowPhase.Scheduled)),
            Vocabulary.DefaultRanking
        );
        string shown;
        await using (var silo = await Start(settings, other))
        {
            (await silo.Workflow("w").Refold("job", other.Fingerprint)).ShouldBe(RefoldOutcome.Changed);
            shown = Json(await silo.Workflow("w").GetState().InTime());
            var (head, snapshot) = await Stored(silo);
            snapshot.Seq.ShouldBe(head.Seq);
            await ShouldBeClean(silo);
        }

        await using var next = await Start(settings, other);
        Json(await next.Workflow("w").GetState().InTime()).ShouldBe(shown);
    }

    [Fact]
    public async Task An_audit_finds_a_snapshot_that_somebody_changed()
    {
        await using var silo = await Start(await databases.CreateAsync());
        await Report(silo, 7);
        var (_, snapshot) = await Stored(silo);
        await silo.Execute(
            "UPDATE orleansstorage SET payloadbinary = @payload WHERE graintypestring = 'workflow-snapshot'",
            (
                "payload",
                JsonSerializer.SerializeToUtf8Bytes(snapshot with { Nodes = [] }, GrainStateJson.Default.WorkflowState)
            )
        );

        (await Audit(silo)).Findings.ShouldContain(static finding =>
            finding.Kind == FindingKind.State && finding.Where.StartsWith("snapshot")
        );
    }

    [Theory]
    [InlineData("DELETE FROM orleansstorage WHERE graintypestring = 'workflow-snapshot'")]
    [InlineData("DELETE FROM orleansstorage WHERE graintypestring = 'workflow'")]
    [InlineData("DELETE FROM orleansstorage")]
    [InlineData("UPDATE orleansstorage SET payloadbinary = @text WHERE graintypestring = 'workflow-snapshot'")]
    [InlineData("UPDATE orleansstorage SET payloadbinary = @empty WHERE graintypestring = 'workflow-snapshot'")]
    [InlineData("UPDATE orleansstorage SET payloadbinary = @ahead WHERE graintypestring = 'workflow-snapshot'")]
    [InlineData("UPDATE orleansstorage SET payloadbinary = NULL")]
    public async Task A_rebuild_writes_the_state_and_its_snapshot(string damage)
    {
        var settings = await databases.CreateAsync();
        string shown;
        await using (var silo = await Start(settings))
        {
            shown = Json(await Report(silo, 7));
            var (head, snapshot) = await Stored(silo);
            head.Seq.ShouldBeGreaterThan(snapshot.Seq);
            foreach (
                var (name, payload) in new Dictionary<string, byte[]>
                {
                    ["text"] = "no state"u8.ToArray(),
                    ["empty"] = Bytes(snapshot with { Nodes = [] }),
                    ["ahead"] = Bytes(snapshot with { Seq = head.Seq + 1 }),
                }
            )
            {
                damage = damage.Replace(
                    $"@{name}",
                    silo.Settings.Provider == StorageProvider.Postgres
                        ? $"decode('{Convert.ToHexString(payload)}', 'hex')"
                        : $"x'{Convert.ToHexString(payload)}'"
                );
            }

            await silo.Execute(damage);
        }

        await using var next = await Start(settings);
        (await Rebuild(next)).ShouldBe(RebuildOutcome.Rewritten);
        await ShouldBeClean(next);
        (await Rebuild(next)).ShouldBe(RebuildOutcome.Unchanged);
        Json(await next.Workflow("w").GetState().InTime()).ShouldBe(shown);
        await next.Workflow("w").Receive(Receipts.Of("w", "finished", ("new", "running"))).InTime();
        await ShouldBeClean(next);

        static byte[] Bytes(WorkflowState state) =>
            JsonSerializer.SerializeToUtf8Bytes(state, GrainStateJson.Default.WorkflowState);
    }

    [Fact]
    public async Task A_small_notification_of_a_wide_workflow_writes_little()
    {
        await using var silo = await SiloUnderTest.StartAsync(await databases.CreateAsync());
        await silo.Workflow("w")
            .Receive(Receipts.Of("w", "running", [.. Nodes(3_000).Select(static node => (node, "running"))]))
            .InTime();
        var first = silo.Control.Batches.Count;
        foreach (var node in Nodes(20))
            await silo.Workflow("w").Receive(Receipts.Of("w", "running", (node, "finished"))).InTime();

        var written = silo.Control.Batches.Skip(first).SelectMany(static batch => batch).ToList();
        written.Count.ShouldBe(20);
        written.ShouldAllBe(static write => write.Commit.State!.Value.Length < 1_000 && write.Commit.Snapshot == null);
        await ShouldBeClean(silo);

        static IEnumerable<string> Nodes(int count) => Enumerable.Range(0, count).Select(static i => $"node-{i:0000}");
    }

    private static Task<SiloUnderTest> Start(StorageSettings settings, Vocabulary? vocabulary = null) =>
        SiloUnderTest.StartAsync(
            settings,
            static services => services.Replace(ServiceDescriptor.Singleton(Small)),
            vocabulary
        );

    private static async Task<WorkflowView> Report(SiloUnderTest silo, int receipts, string status = "running")
    {
        for (var i = 0; i < receipts; i++)
            await silo.Workflow("w").Receive(Receipts.Of("w", status, ($"n{i}", status))).InTime();

        return (await silo.Workflow("w").GetState().InTime())!;
    }

    private static async Task<(WorkflowState Head, WorkflowState Snapshot)> Stored(SiloUnderTest silo)
    {
        var head = (await silo.StoredWorkflow("w")).Head.ShouldNotBeNull();
        await using var moment = await silo
            .Services.GetRequiredService<IWorkflowSnapshots>()
            .Open(CancellationToken.None);
        return (head, (await StateSnapshots.Find(moment, "w", CancellationToken.None)).ShouldNotBeNull());
    }

    private static Task<int> Trim(SiloUnderTest silo, long throughSeq) =>
        new ReceiptTrimmer(
            silo.Services.GetRequiredService<IWorkflowSnapshots>(),
            silo.Services.GetRequiredService<IRetentionStore>(),
            silo.Services.GetRequiredService<VocabularyCache>(),
            NullLogger<ReceiptTrimmer>.Instance
        ).Trim("w", throughSeq, long.MaxValue, CancellationToken.None);

    private static async Task<WorkflowAudit> Audit(SiloUnderTest silo)
    {
        await using var moment = await silo
            .Services.GetRequiredService<IWorkflowSnapshots>()
            .Open(CancellationToken.None);
        return await silo
            .Services.GetRequiredService<WorkflowAuditor>()
            .Audit(moment, "w", CancellationToken.None)
            .InTime();
    }

    private static async Task<RebuildOutcome> Rebuild(SiloUnderTest silo) =>
        (
            await new WorkflowRebuilder(
                silo.Services.GetRequiredService<IWorkflowSnapshots>(),
                silo.Services.GetRequiredService<WorkflowAuditor>(),
                silo.Storage,
                silo.Services.GetRequiredService<IFactStorage>(),
                silo.Services.GetRequiredService<IWriteAdmission>(),
                Small
            )
                .Rebuild("w", CancellationToken.None)
                .InTime()
        ).Outcome;

    private static async Task ShouldBeClean(SiloUnderTest silo) => (await Audit(silo)).Findings.ShouldBeEmpty();

    private static string Json(WorkflowView? view) => JsonSerializer.Serialize(view);
}

/// <summary>On SQLite.</summary>
public sealed class LargeStatesOnSqlite(SqliteDatabases databases) : LargeStateCompliance(databases);

/// <summary>On PostgreSQL.</summary>
public sealed class LargeStatesOnPostgres(PostgresDatabases databases) : LargeStateCompliance(databases);
