using System.Collections.Immutable;
using System.Data.Common;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Queries;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

/// <summary>
/// What the storage must do on every database, over the storage that the product registers in its silos.
/// </summary>
public abstract class StorageCompliance(SiloFixture fixture)
{
    private SiloUnderTest Silo => fixture.Silo;

    private Task<CommitResult> Commit(WorkflowCommit commit) => Silo.Storage.Commit(commit).InTime();

    private Task<StoredRow?> Read(string workflowId) => Silo.Storage.Read(workflowId).InTime();

    private async Task ShouldCommit(WorkflowCommit commit) =>
        (await Commit(commit)).ShouldBe(new CommitResult.Committed((commit.Version ?? 0) + 1));

    /// <summary>Nothing is written.</summary>
    private async Task ShouldNotBeNext(WorkflowCommit commit, string? stored)
    {
        (await Commit(commit)).ShouldBe(new CommitResult.NotNext());
        (await Read(commit.Workflow.WorkflowId)).Text().ShouldBe(stored);
    }

    private Task<long> StateRows(string workflowId) =>
        Silo.Number(
            "SELECT count(*) FROM orleansstorage WHERE grainidextensionstring = @key",
            ("key", GrainKeys.Workflow(workflowId))
        );

    /// <summary>How many rows lists and histories are read from, of a workflow.</summary>
    private Task<long> DerivedRows(string workflowId) =>
        Silo.Number(
            """
            SELECT (SELECT count(*) FROM workflow WHERE workflow_id = @id)
              + (SELECT count(*) FROM receipt WHERE workflow_id = @id)
              + (SELECT count(*) FROM receipt WHERE workflow_id = @id AND changes IS NOT NULL)
            """,
            ("id", workflowId)
        );

    [Fact]
    public async Task Refused_requests_are_paged_found_and_keep_what_came_of_sending_them_again()
    {
        var requests = Enumerable.Range(0, 5).Select(i => Refused($"paged {i}")).ToList();
        foreach (var request in requests)
            await Rejected.Add(request);

        var resent = new ResentRequest(
            requests[0].ReceivedAt.AddMinutes(1),
            Guid.CreateVersion7(requests[0].ReceivedAt),
            "advanced"
        );
        await Rejected.NoteResent(
            requests[1].Id,
            new ResentRequest(resent.At, null, "still wrong"),
            Guid.Empty,
            CancellationToken.None
        );
        await Rejected.NoteResent(requests[1].Id, resent, Guid.Empty, CancellationToken.None);

        var page = await Rejected.Before(requests[3].Id, 2, CancellationToken.None);
        page.Select(static request => request.Detail).ShouldBe(["paged 2", "paged 1"]);
        page[1].Resent.ShouldBe(resent);
        (await Rejected.Find(requests[2].Id, CancellationToken.None)).ShouldNotBeNull().Resent.ShouldBeNull();
        (await Rejected.Find(Guid.CreateVersion7(resent.At), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Workflows_are_counted_by_state_and_found_by_the_beginning_of_their_ids()
    {
        await using var silo = await fixture.StartAsync();
        var workflows = GeneratedWorkflows.Some(200);
        await silo.Store(workflows.Select(Sample.Listed));
        var activity = silo.Services.GetRequiredService<ConsoleQueries>();

        var counts = await activity.CountByState(DateTimeOffset.UnixEpoch, CancellationToken.None);
        var prefix = workflows[7].WorkflowId[..2];
        var found = await activity.FindByIdPrefix(prefix, 1_000, CancellationToken.None);

        counts.Sum(static count => count.Count).ShouldBe(workflows.Length);
        foreach (var count in counts)
            count.Count.ShouldBe(
                workflows.Count(row =>
                    row.Phase == count.Phase
                    && row.Outcome == count.Outcome
                    && row.Attention == count.Attention.Sum(static reason => 1 << (int)reason)
                )
            );

        found
            .Select(static item => item.WorkflowId)
            .ShouldBe(
                workflows
                    .Select(static row => row.WorkflowId)
                    .Where(id => id.StartsWith(prefix, StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal)
            );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(57)]
    [InlineData(99)]
    public async Task One_bad_row_in_a_batch_of_a_hundred_fails_its_own_workflow_only(int bad) =>
        await CommitHundred([bad]);

    [Fact]
    public async Task Several_bad_rows_in_a_batch_of_a_hundred_fail_their_own_workflows_only() =>
        await CommitHundred([0, 1, 31, 64, 65, 98]);

    [Fact]
    public async Task Conflicts_in_a_batch_fail_their_own_workflows_only()
    {
        await using var storage = new OneLane(Silo);
        var ids = Enumerable.Range(0, 100).Select(static _ => Sample.Unique("conflict")).ToList();
        await Silo.Store(ids.Where(static (_, i) => i % 7 == 3).Select(static id => Sample.Commit(id, "there")));

        var results = await storage.CommitTogether(ids.Select(static id => Sample.Commit(id, "new")));

        storage.Database.Batches.Select(static batch => batch.Count).ShouldBe([1, 100], "no conflict splits a batch");
        for (var i = 0; i < ids.Count; i++)
        {
            if (i % 7 == 3)
                results[i].ShouldBe(new CommitResult.NotNext());
            else
                results[i].ShouldBe(new CommitResult.Committed(1));

            (await Read(ids[i])).Text().ShouldBe(i % 7 == 3 ? "there" : "new");
            (await DerivedRows(ids[i])).ShouldBe(3);
        }
    }

    [Fact]
    public async Task The_same_workflow_twice_at_once_is_written_one_after_the_other()
    {
        await using var storage = new OneLane(Silo);
        var (id, other) = (Sample.Unique("twice"), Sample.Unique("once"));

        var results = await storage.CommitTogether([
            Sample.Commit(id, "first"),
            Sample.Commit(id, "second", version: 1),
            Sample.Commit(other, "other"),
            Sample.Commit(id, "rival"),
        ]);

        results[..3]
            .ShouldBe([new CommitResult.Committed(1), new CommitResult.Committed(2), new CommitResult.Committed(1)]);
        results[3].ShouldBe(new CommitResult.NotNext());
        ((await Read(id)).Text(), (await Read(other)).Text()).ShouldBe(("second", "other"));
        storage.Database.Batches.ShouldAllBe(static batch =>
            batch.Select(write => write.Key).Distinct().Count() == batch.Count
        );
    }

    [Fact]
    public async Task An_outcome_that_nobody_knows_is_that_of_all_of_the_batch()
    {
        await using var storage = new OneLane(Silo);
        var ids = Enumerable.Range(0, 10).Select(static _ => Sample.Unique("unknown")).ToList();
        storage.Database.Fail(FailureTime.AfterCommit, write => write.Commit.Workflow.WorkflowId == ids[4]);

        var results = await storage.CommitTogether(ids.Select(static id => Sample.Commit(id)));

        results.ShouldAllBe(static result =>
            result is CommitResult.Unknown && ((CommitResult.Unknown)result).Cause is InjectedException
        );
        storage.Database.Batches.Count.ShouldBe(2, "what may have been committed is not tried again");
    }

    private async Task CommitHundred(HashSet<int> bad)
    {
        await using var storage = new OneLane(Silo);
        var ids = Enumerable.Range(0, 100).Select(static _ => Sample.Unique("batch")).ToList();

        var results = await storage.CommitTogether(
            ids.Select((id, i) => bad.Contains(i) ? Bad(id) : Sample.Commit(id))
        );

        storage.Database.Batches[1].Count.ShouldBe(100);
        for (var i = 0; i < ids.Count; i++)
        {
            if (bad.Contains(i))
                results[i].ShouldBeOfType<CommitResult.RolledBack>();
            else
                results[i].ShouldBe(new CommitResult.Committed(1));

            (await StateRows(ids[i])).ShouldBe(bad.Contains(i) ? 0 : 1);
            (await DerivedRows(ids[i])).ShouldBe(bad.Contains(i) ? 0 : 3);
        }
    }

    /// <summary>
    /// The product's storage over the silo's database with one worker, so that a test says what is gathered.
    /// </summary>
    private protected sealed class OneLane : IAsyncDisposable
    {
        private readonly GroupCommitter _committer;

        public OneLane(SiloUnderTest silo)
        {
            Database = new ControlledDatabase(silo.Services.GetRequiredService<IStateDatabase>(), commitConcurrency: 1);
            _committer = new GroupCommitter(
                Database,
                new WaitingWrites(new GroupCommitOptions()),
                silo.Services.GetRequiredService<GroupCommitMetrics>(),
                TimeProvider.System,
                NullLogger<GroupCommitter>.Instance
            );
        }

        public ControlledDatabase Database { get; }

        /// <summary>Commits what is all waiting when the worker is free.</summary>
        public async Task<CommitResult[]> CommitTogether(IEnumerable<WorkflowCommit> commits)
        {
            var opener = Sample.Unique("opener");
            var held = Database.Hold(write => write.Commit.Workflow.WorkflowId == opener);
            var opening = _committer.Commit(Sample.Commit(opener));
            await held.Reached;
            var results = commits.Select(_committer.Commit).ToList();
            held.Release();
            await opening.InTime();
            return await Task.WhenAll(results).InTime();
        }

        // The database is the silo's.
        public ValueTask DisposeAsync() => _committer.DisposeAsync();
    }

    // Receipts that are stored already: a client may send a receipt again as if it were the first time.

    [Fact]
    public async Task A_commit_with_a_receipt_that_is_stored_changes_nothing_and_brings_its_first_answer()
    {
        var (id, receiptId) = (Sample.Unique("known"), Guid.CreateVersion7());
        await ShouldCommit(Sample.Commit(id, "first", receiptId: receiptId));
        var again = Sample.Commit(id, "again", version: 1, receiptId);
        again = again with { Receipts = [.. again.Receipts, Sample.Receipt(Guid.CreateVersion7(), 3)] };

        ShouldBeKnown(await Commit(again), new Acknowledgement(receiptId, ReceiptEffect.Advanced, 1));

        (await Read(id)).Text().ShouldBe("first");
        (await DerivedRows(id)).ShouldBe(3);
    }

    /// <summary>Each answer is another one, and the receipts come in another order than they were stored in.</summary>
    [Fact]
    public async Task Of_several_receipts_that_are_stored_each_has_its_first_answer()
    {
        var (id, first, second) = (Sample.Unique("known"), Guid.CreateVersion7(), Guid.CreateVersion7());
        var repeat = Sample.Unchanged(id, 2, 3);
        await ShouldCommit(Sample.Commit(id, receiptId: first));
        await ShouldCommit(Sample.Commit(id, version: 1, receiptId: second));
        await ShouldCommit(repeat);

        var again = Sample.Unchanged(id, 3, 4, 5, 6, 7);
        Guid[] ids = [again.Receipts[0].Id, repeat.Receipts[0].Id, first, second];
        again = again with { Receipts = [.. again.Receipts.Select((receipt, i) => receipt with { Id = ids[i] })] };

        ShouldBeKnown(
            await Commit(again),
            new Acknowledgement(first, ReceiptEffect.Advanced, 1),
            new Acknowledgement(second, ReceiptEffect.Advanced, 2),
            new Acknowledgement(repeat.Receipts[0].Id, ReceiptEffect.Duplicate, 1)
        );
        (await Receipts(id)).ShouldBe(3);
    }

    [Fact]
    public async Task A_receipt_that_another_workflow_has_is_not_stored_twice()
    {
        var (owner, other, receiptId) = (Sample.Unique("owner"), Sample.Unique("thief"), Guid.CreateVersion7());
        await ShouldCommit(Sample.Commit(owner, "first", receiptId: receiptId));

        ShouldBeKnown(
            await Commit(Sample.Commit(other, "second", receiptId: receiptId)),
            new Acknowledgement(receiptId, ReceiptEffect.Advanced, 1)
        );

        (await StateRows(other)).ShouldBe(0);
        (await DerivedRows(other)).ShouldBe(0);
        (await Read(owner)).Text().ShouldBe("first");
    }

    /// <summary>What changed the state comes first: the activation has not seen it.</summary>
    [Fact]
    public async Task A_commit_that_is_not_next_says_so_although_its_receipt_is_stored()
    {
        var (id, receiptId) = (Sample.Unique("known"), Guid.CreateVersion7());
        await ShouldCommit(Sample.Commit(id, "first", receiptId: receiptId));

        await ShouldNotBeNext(Sample.Commit(id, "again", receiptId: receiptId), stored: "first");

        (await DerivedRows(id)).ShouldBe(3);
    }

    [Fact]
    public async Task Receipts_that_are_stored_hold_nobody_else_of_their_batch_up()
    {
        await using var storage = new OneLane(Silo);
        var (owner, taken) = (Sample.Unique("owner"), Guid.CreateVersion7());
        await ShouldCommit(Sample.Commit(owner, receiptId: taken));
        var ids = Enumerable.Range(0, 100).Select(static _ => Sample.Unique("beside")).ToList();

        var results = await storage.CommitTogether(
            ids.Select((id, i) => Sample.Commit(id, receiptId: i % 10 == 3 ? taken : null))
        );

        storage
            .Database.Batches.Select(static batch => batch.Count)
            .ShouldBe([1, 100], "no such receipt splits a batch");
        for (var i = 0; i < ids.Count; i++)
        {
            if (i % 10 == 3)
                ShouldBeKnown(results[i], new Acknowledgement(taken, ReceiptEffect.Advanced, 1));
            else
                results[i].ShouldBe(new CommitResult.Committed(1));

            (await DerivedRows(ids[i])).ShouldBe(i % 10 == 3 ? 0 : 3);
        }
    }

    private static void ShouldBeKnown(CommitResult result, params Acknowledgement[] answers) =>
        result.ShouldBeOfType<CommitResult.Known>().Receipts.ShouldBe(answers, ignoreOrder: true);

    private const string SomeGuid = "0f8fad5b-d9cb-469f-a165-70867728950e";

    public static TheoryData<string, string> Keys { get; } =
        new()
        {
            { "text", "wf/ea1c" },
            { "text with what delimits and quotes", "wf/a+b/c%2Fd 'e' \"f\"" },
            { "text outside the first plane", "wf/👩‍👩‍👧‍👦" },
            { "text of 700 characters", "wf/" + new string('x', 697) },
            { "Guid", GrainIdKeyExtensions.CreateGuidKey(new Guid(SomeGuid)).ToString() },
            { "Guid with text", GrainIdKeyExtensions.CreateGuidKey(new Guid(SomeGuid), "extension").ToString() },
            { "integer", GrainIdKeyExtensions.CreateIntegerKey(4711).ToString() },
            { "negative integer", GrainIdKeyExtensions.CreateIntegerKey(-2).ToString() },
            { "integer with text", GrainIdKeyExtensions.CreateIntegerKey(4711, "extension").ToString() },
        };

    /// <summary>
    /// The plain provider finds the rows of workflows by their grains' ids, as any tool of Orleans would.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_provider_and_the_commit_read_what_the_other_wrote(int seed)
    {
        var (random, id) = (new Random(seed), Sample.Unique("alternating a+b/c%2Fd 'e' 👩‍👩‍👧‍👦"));
        var grain = Sample.Grain(GrainKeys.Workflow(id));
        string? expected = null;
        for (var i = 0; i < 40; i++)
        {
            var row = await Read(id);
            var state = await ReadByProvider(StateNames.Workflow, grain);
            (state.ETag, state.RecordExists, state.Text()).ShouldBe(
                (row is null ? null : $"{row.Version}", expected is not null, expected)
            );
            (row?.State ?? []).ShouldBe(expected is null ? [] : Sample.Payload(expected));

            var text = $"write {i} {new string('x', random.Next(5_000))}";
            switch (random.Next(4))
            {
                case 0:
                    state.State = Sample.State(text).State;
                    await Silo.Provider.WriteStateAsync(StateNames.Workflow, grain, state).InTime();
                    expected = text;
                    break;
                case 1 when row is not null:
                    await ShouldCommit(Sample.Unchanged(id, row.Version, i + 1));
                    break;
                case 2 when expected is not null:
                    await Silo.Provider.ClearStateAsync(StateNames.Workflow, grain, state).InTime();
                    expected = null;
                    break;
                default:
                    await ShouldCommit(
                        Sample.Commit(id) with
                        {
                            Version = row?.Version,
                            State = Sample.Payload(text),
                            Receipts = [Sample.Receipt(Guid.CreateVersion7(), i + 1)],
                        }
                    );
                    expected = text;
                    break;
            }
        }

        (await StateRows(id)).ShouldBe(1);
    }

    [Fact]
    public async Task The_commit_and_the_provider_respect_each_others_versions()
    {
        var id = Sample.Unique("versions");
        var grain = Sample.Grain(GrainKeys.Workflow(id));
        await Silo.Provider.WriteStateAsync(StateNames.Workflow, grain, Sample.State("provider"));
        var stale = await ReadByProvider(StateNames.Workflow, grain);

        (await Commit(Sample.Commit(id, "first"))).ShouldBe(new CommitResult.NotNext());
        await ShouldCommit(Sample.Commit(id, "ours", version: 1));

        await Should.ThrowAsync<InconsistentStateException>(() =>
            Silo.Provider.WriteStateAsync(StateNames.Workflow, grain, stale)
        );
        await Should.ThrowAsync<InconsistentStateException>(() =>
            Silo.Provider.WriteStateAsync(StateNames.Workflow, grain, Sample.State("first"))
        );
        (await Read(id)).Text().ShouldBe("ours");
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task The_provider_keeps_the_states_of_other_grains_whatever_their_keys_are(string kind, string key)
    {
        var (name, other) = (Sample.Unique($"other {kind}"), Sample.Unique("other"));
        var grain = Sample.Grain(key);
        (await ReadByProvider(name, grain)).RecordExists.ShouldBeFalse();
        var state = Sample.State("write 1");
        await Silo.Provider.WriteStateAsync(name, grain, state);
        await Silo.Provider.WriteStateAsync(other, grain, Sample.State("of another name"));
        for (var i = 2; i < 5; i++)
        {
            state.State = Sample.State($"write {i}").State;
            await Silo.Provider.WriteStateAsync(name, grain, state);
            var read = await ReadByProvider(name, grain);
            (read.Text(), read.ETag, read.RecordExists).ShouldBe(($"write {i}", $"{i}", true));
        }

        state.ETag = "3";
        await Should.ThrowAsync<InconsistentStateException>(() => Silo.Provider.WriteStateAsync(name, grain, state));
        state.ETag = "4";
        await Silo.Provider.ClearStateAsync(name, grain, state);
        (await ReadByProvider(name, grain)).RecordExists.ShouldBeFalse();
        (await ReadByProvider(other, grain)).Text().ShouldBe("of another name");
        (await RowsOfName(name)).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Of_the_providers_racing_first_writes_one_wins_whatever_the_key_is(string kind, string key)
    {
        for (var round = 0; round < 5; round++)
        {
            var name = Sample.Unique($"race {kind}");
            var writes = Enumerable
                .Range(0, 8)
                .Select(i =>
                    Task.Run(() => Silo.Provider.WriteStateAsync(name, Sample.Grain(key), Sample.State($"{i}")))
                )
                .ToArray();
            await Task.WhenAll(writes).ContinueWith(static _ => { }, TaskScheduler.Default).InTime();

            writes.Count(static write => write.IsCompletedSuccessfully).ShouldBe(1);
            (await RowsOfName(name)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Raw_ids_that_look_like_numbers_share_a_row_and_grain_keys_do_not()
    {
        string[] ids = ["7b", "7B", "007b"];
        var rawName = Sample.Unique("raw");
        await Silo.Provider.WriteStateAsync(rawName, Sample.Grain(ids[0]), Sample.State("the first"));
        foreach (var id in ids)
        {
            (await ReadByProvider(rawName, Sample.Grain(id)))
                .Text()
                .ShouldBe("the first", "this is the trap; if the provider no longer has it, GrainKeys may be simpler");
        }

        string[] hex = ["0F8FAD5BD9CB469FA16570867728950E", "0f8fad5bd9cb469fa16570867728950e", SomeGuid];
        string[] all = [.. ids, .. hex, "7b+a", "7B+a", "a/b", "a%2Fb", "a%252Fb", " 7b"];
        foreach (var id in all)
            await ShouldCommit(Sample.Commit(id) with { State = Sample.Payload(id) });

        foreach (var id in all)
            (await ReadByProvider(StateNames.Workflow, Sample.Grain(GrainKeys.Workflow(id)))).Text().ShouldBe(id);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("%")]
    [InlineData("漢")]
    [InlineData("😀")]
    public async Task The_longest_ids_have_rows_of_their_own(string character)
    {
        // 128 characters are the most that an id may have.
        var id = string.Concat(Enumerable.Repeat(character, 128 / character.Length));
        await ShouldCommit(Sample.Commit(id) with { State = Sample.Payload("long") });
        await ShouldCommit(Sample.Commit(id[..^character.Length]) with { State = Sample.Payload("shorter") });
        var node = GrainKeys.NodeTask(id, id);
        var name = Sample.Unique("longest");
        await Silo.Provider.WriteStateAsync(name, Sample.Grain(node), Sample.State("long"));
        await Silo.Provider.WriteStateAsync(name, Sample.Grain(node[..^1]), Sample.State("shorter"));

        (await ReadByProvider(StateNames.Workflow, Sample.Grain(GrainKeys.Workflow(id)))).Text().ShouldBe("long");
        (await ReadByProvider(name, Sample.Grain(node))).Text().ShouldBe("long");
    }

    private async Task<GrainState<WorkflowGrainState>> ReadByProvider(string stateName, GrainId grain)
    {
        var state = new GrainState<WorkflowGrainState>();
        await Silo.Provider.ReadStateAsync(stateName, grain, state).InTime();
        return state;
    }

    private Task<long> RowsOfName(string stateName) =>
        Silo.Number("SELECT count(*) FROM orleansstorage WHERE graintypestring = @name", ("name", stateName));

    [Fact]
    public async Task Lists_and_counts_are_those_of_a_plain_list()
    {
        await using var silo = await fixture.StartAsync();
        var workflows = GeneratedWorkflows.Some(500);
        await silo.Store(workflows.Select(Sample.Listed));
        var model = new ListModel(workflows);

        await Gen.Select(
                GeneratedWorkflows.Filter,
                Gen.Enum<WorkflowSort>(),
                GeneratedWorkflows.OneOf(1, 3, 7, 50, 499, 500, 1000),
                GeneratedWorkflows.OneOf(0, 10, 2000)
            )
            .SampleAsync(
                async (filter, sort, limit, maxSorted) =>
                {
                    limit = Math.Max(limit, 1 + (model.Matching(filter).Count() / 12));
                    var readModel = new SqlReadModel(
                        silo.Services.GetRequiredService<DbDataSource>(),
                        silo.Services.GetRequiredService<ReadDialect>()
                    )
                    {
                        MaxSorted = maxSorted,
                    };
                    (await ListAll(readModel, filter, sort, limit)).ShouldBe(model.List(filter, sort));
                },
                iter: 400,
                threads: 1
            );

        await Gen.Select(GeneratedWorkflows.Filter, Gen.Enum<WorkflowGrouping>(), GeneratedWorkflows.OneOf(1, 3, 1000))
            .SampleAsync(
                async (filter, grouping, limit) =>
                {
                    var expected = model.Count(filter, grouping);
                    var counts = (
                        await silo.ReadModel.CountWorkflows(filter, grouping, limit, CancellationToken.None)
                    ).ShouldNotBeNull();
                    counts.Total.ShouldBe(expected.Sum(static group => group.Count));
                    counts.GroupTotal.ShouldBe(expected.Count);
                    counts
                        .Groups.Select(static group => group.Count)
                        .ShouldBe(expected.Select(static group => group.Count).OrderDescending().Take(limit));
                    counts.Groups.ShouldBeSubsetOf(expected);
                },
                iter: 150,
                threads: 1
            );
    }

    /// <summary>
    /// A sender that gives each workflow a name of its own once had all of them read, sorted and answered at once.
    /// </summary>
    [Fact]
    public async Task Workflows_are_counted_by_name_only_while_they_are_not_too_many()
    {
        await using var silo = await fixture.StartAsync();
        await silo.Store(
            Enumerable
                .Range(0, 60)
                .Select(static i =>
                    Sample.Listed(Sample.Workflow($"named-{i}") with { Name = $"{(i < 20 ? "Spring" : "Autumn")} {i}" })
                )
        );
        var readModel = new SqlReadModel(
            silo.Services.GetRequiredService<DbDataSource>(),
            silo.Services.GetRequiredService<ReadDialect>()
        )
        {
            MaxCountedByName = 40,
        };

        (await readModel.CountWorkflows(new(), WorkflowGrouping.Name, 1000, CancellationToken.None)).ShouldBeNull();
        (await readModel.CountWorkflows(new(), WorkflowGrouping.Status, 1000, CancellationToken.None))
            .ShouldNotBeNull()
            .Total.ShouldBe(60);
        var autumn = (
            await readModel.CountWorkflows(
                new() { NamePrefix = "autumn" },
                WorkflowGrouping.Name,
                5,
                CancellationToken.None
            )
        ).ShouldNotBeNull();
        (autumn.Total, autumn.GroupTotal, autumn.Groups.Length).ShouldBe((40, 40, 5));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task The_oldest_silence_is_that_of_a_plain_list(int count)
    {
        await using var silo = await fixture.StartAsync();
        var workflows = GeneratedWorkflows.Some(count);
        await silo.Store(workflows.Select(Sample.Listed));

        var oldest = await silo.ReadModel.FindOldestSilence(CancellationToken.None);

        (oldest?.ToUnixTimeMilliseconds()).ShouldBe(
            workflows
                .Where(static row => row.Phase != WorkflowPhase.Ended)
                .Select(static row => (long?)row.LastReceivedAt)
                .Min()
        );
    }

    [Theory]
    [InlineData(WorkflowSort.ChangedAtDescending)]
    [InlineData(WorkflowSort.ChangedAt)]
    [InlineData(WorkflowSort.Name)]
    [InlineData(WorkflowSort.FirstReceivedAt)]
    public async Task Pages_lead_back_as_they_led_forth(WorkflowSort sort)
    {
        await using var silo = await fixture.StartAsync();
        await silo.Store(GeneratedWorkflows.Some(300).Select(Sample.Listed));
        var all = await silo.ReadModel.ListWorkflows(new(), sort, null, 1000, CancellationToken.None);

        foreach (var place in (int[])[1, 7, 100, 299])
        {
            var before = await silo.ReadModel.ListWorkflowsBefore(
                new(),
                sort,
                SqlReadModel.PositionOf(all.Items[place], sort),
                20,
                CancellationToken.None
            );

            var first = Math.Max(0, place - 20);
            before
                .Items.Select(static item => item.WorkflowId)
                .ShouldBe(all.Items[first..place].Select(static item => item.WorkflowId));
            (before.Next is not null).ShouldBe(first > 0);
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(50)]
    public async Task A_search_finds_what_lies_within_names_and_ids_of_the_latest(int latest)
    {
        await using var silo = await fixture.StartAsync();
        await silo.Store(GeneratedWorkflows.Some(300).Select(Sample.Listed));
        foreach (
            var filter in (WorkflowFilter[])
                [
                    new(),
                    new() { Phase = WorkflowPhase.Active },
                    new() { Attention = AttentionReason.ConflictingOutcome },
                ]
        )
        {
            var all = await silo.ReadModel.ListWorkflows(
                filter,
                WorkflowSort.ChangedAtDescending,
                null,
                latest,
                CancellationToken.None
            );
            var texts = all
                .Items.Where(static item => item.WorkflowName is { Length: > 5 })
                .Select(static item => item.WorkflowName![2..5])
                .Concat(
                    all.Items.Where(static item => item.WorkflowId.Length > 5)
                        .Select(static item => item.WorkflowId[2..5])
                )
                .Where(static text => !text.Any(char.IsSurrogate))
                .Take(5);
            foreach (var text in (string[])[.. texts, "%", "_", "!", "no such text"])
            {
                var found = await silo.ReadModel.SearchLatest(filter, text, latest, 20, CancellationToken.None);

                found
                    .Select(static item => item.WorkflowId)
                    .ShouldBe(
                        all.Items.Where(item => IsWithin(item, text)).Take(20).Select(static item => item.WorkflowId),
                        $"{text} of {filter}"
                    );
            }
        }

        static bool IsWithin(WorkflowSummary item, string text) =>
            (item.WorkflowName ?? string.Empty)
                .ToLowerInvariant()
                .Contains(text.ToLowerInvariant(), StringComparison.Ordinal)
            || item.WorkflowId.ToLowerInvariant().Contains(text.ToLowerInvariant(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workflow_in_the_list_is_as_it_was_written()
    {
        await using var silo = await fixture.StartAsync();
        var workflows = GeneratedWorkflows.Some(50);
        await silo.Store(workflows.Select(Sample.Listed));

        var page = await silo.ReadModel.ListWorkflows(
            new WorkflowFilter(),
            WorkflowSort.ChangedAt,
            null,
            1000,
            CancellationToken.None
        );

        page.Next.ShouldBeNull();
        page.Items.Select(static item => item.WorkflowId)
            .ShouldBe(workflows.Select(static row => row.WorkflowId), ignoreOrder: true);
        foreach (var item in page.Items)
        {
            var row = workflows.Single(row => row.WorkflowId == item.WorkflowId);
            (item.WorkflowName, item.Status, item.Phase, item.Outcome, item.Version).ShouldBe(
                (row.Name, row.Status, row.Phase, row.Outcome, row.Version)
            );
            item.NodeTypes.ShouldBe(row.NodeTypes);
            item.Attention.Sum(static reason => 1 << (int)reason).ShouldBe(row.Attention);
            (
                item.FirstReceivedAt.ToUnixTimeMilliseconds(),
                item.LastReceivedAt.ToUnixTimeMilliseconds(),
                item.LastChangedAt.ToUnixTimeMilliseconds()
            ).ShouldBe((row.FirstReceivedAt, row.LastReceivedAt, row.ChangedAt));
        }
    }

    [Fact]
    public async Task Receipts_are_paged_by_their_order()
    {
        var (id, other) = (Sample.Unique("receipts"), Sample.Unique("receipts"));
        var receipts = Enumerable
            .Range(1, 57)
            .Select(seq => Sample.Receipt(Guid.CreateVersion7(), seq))
            .ToImmutableArray();
        await Silo.Store(Sample.Listed(Sample.Workflow(id)) with { Receipts = receipts }, Sample.Commit(other));

        var found = new List<ReceiptSummary>();
        ReceiptPosition? after = null;
        do
        {
            var page = await Silo.ReadModel.ListReceipts(id, after, 10, CancellationToken.None);
            page.Items.Length.ShouldBeLessThanOrEqualTo(10);
            found.AddRange(page.Items);
            after = page.Next;
        } while (after is not null);

        found.ShouldBe(
            receipts.Select(row => new ReceiptSummary(
                row.Id,
                id,
                row.Seq,
                DateTimeOffset.FromUnixTimeMilliseconds(row.ReceivedAt),
                row.Source,
                row.Effect,
                row.Version,
                row.Vocabulary,
                row.Kind
            ))
        );
        var one = (await Silo.ReadModel.FindReceipt(receipts[40].Id, CancellationToken.None)).ShouldNotBeNull();
        one.Summary.ShouldBe(found[40]);
        one.Body.ToArray().ShouldBe(receipts[40].Body.ToArray());
        (await Silo.ReadModel.FindReceipt(Guid.CreateVersion7(), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Transitions_are_paged_by_version_and_place()
    {
        var (id, other) = (Sample.Unique("history"), Sample.Unique("history"));
        var ended = new StatusValueRow("Finished 🏁", WorkflowPhase.Ended, WorkflowOutcome.Completed);
        ImmutableArray<ReceiptRow> receipts =
        [
            .. from seq in Enumerable.Range(1, 30)
            let changes = seq % 3 == 0 ? 0 : 1 + (seq % 4)
            select Sample.Receipt(Guid.CreateVersion7(), seq) with
            {
                Version = seq / 3,
                Transitions = [.. Enumerable.Range(0, changes).Select(Change)],
            },
        ];
        await Silo.Store(Sample.Listed(Sample.Workflow(id)) with { Receipts = receipts }, Sample.Commit(other));

        foreach (var limit in (int[])[1, 4, 7, 1000])
        {
            var found = new List<TransitionSummary>();
            TransitionPosition? after = null;
            do
            {
                var page = await Silo.ReadModel.ListTransitions(id, after, limit, CancellationToken.None);
                page.Items.Length.ShouldBeLessThanOrEqualTo(limit);
                found.AddRange(page.Items);
                after = page.Next;
            } while (after is not null);

            found.ShouldBe(
                from receipt in receipts
                from change in receipt.Transitions.Select(static (row, ordinal) => (Row: row, Ordinal: ordinal))
                select new TransitionSummary(
                    receipt.Seq,
                    receipt.Version,
                    change.Ordinal,
                    DateTimeOffset.FromUnixTimeMilliseconds(receipt.ReceivedAt),
                    receipt.Id,
                    change.Row.Kind,
                    new SubjectView(change.Row.NodeTaskId, change.Row.TaskId),
                    change.Row.IsTask,
                    null,
                    change.Row.To is { } to ? new StatusValueSummary(to.Text, to.Phase, to.Outcome) : null,
                    change.Row.Reported,
                    change.Row.Rule
                )
            );
        }

        TransitionRow Change(int ordinal) =>
            Sample.Transition with
            {
                NodeTaskId = ordinal == 0 ? null : $"node {ordinal}",
                TaskId = ordinal == 2 ? "task" : null,
                IsTask = ordinal >= 2,
                To = ordinal == 3 ? ended : new StatusValueRow("a label", null, null),
                Reported = ordinal == 3 ? "finished" : null,
                Rule = ordinal == 3 ? "higher_phase" : null,
            };
    }

    private static async Task<List<string>> ListAll(
        SqlReadModel readModel,
        WorkflowFilter filter,
        WorkflowSort sort,
        int limit
    )
    {
        var found = new List<string>();
        WorkflowPosition? after = null;
        do
        {
            var page = await readModel.ListWorkflows(filter, sort, after, limit, CancellationToken.None);
            page.Items.Length.ShouldBeLessThanOrEqualTo(limit);
            found.AddRange(page.Items.Select(static item => item.WorkflowId));
            after = page.Next;
        } while (after is not null);

        return found;
    }

    private SqlRejectedRequests Rejected => Silo.Services.GetRequiredService<SqlRejectedRequests>();

    [Fact]
    public async Task A_refused_request_is_kept_as_it_was_with_its_whole_body()
    {
        var body = new byte[(4 * 1024 * 1024) + 1];
        Random.Shared.NextBytes(body);
        var whole = Refused("whole") with { Body = body, BodyLength = body.Length, Kind = "waba_status" };
        var bare = new RejectedRequest(
            Guid.CreateVersion7(),
            whole.ReceivedAt,
            null,
            401,
            null,
            "No credential.",
            null,
            null
        );
        foreach (var request in (RejectedRequest[])[whole, bare])
            await Rejected.Add(request);

        var latest = await Rejected.Latest(2, CancellationToken.None);

        // A list has the length of a body only.
        latest.ShouldBe([bare, whole with { Body = null }]);
        (await Rejected.Find(whole.Id, CancellationToken.None)).ShouldNotBeNull().Body!.Value.ToArray().ShouldBe(body);
        (await Rejected.Find(bare.Id, CancellationToken.None)).ShouldBe(bare);
    }

    [Fact]
    public async Task Bodies_of_refused_requests_have_a_limit_together_and_the_oldest_go_first()
    {
        const int Mebibyte = 1 << 20;
        await using var silo = await fixture.StartAsync(change: static settings =>
            settings with
            {
                MaxRejectedBytes = 3 * Mebibyte,
            }
        );
        var rejected = silo.Services.GetRequiredService<SqlRejectedRequests>();
        var requests = Enumerable
            .Range(0, 5)
            .Select(static number => Refused($"{number}") with { Body = new byte[Mebibyte], BodyLength = Mebibyte })
            .ToList();

        foreach (var request in requests)
            await rejected.Add(request);

        var latest = await rejected.Latest(10, CancellationToken.None);
        latest.Select(static request => request.Detail).ShouldBe(["4", "3", "2", "1", "0"]);
        latest.Select(static request => request.BodyLength).ShouldBe([Mebibyte, Mebibyte, Mebibyte, null, null]);
    }

    [Fact]
    public async Task Strangers_push_nothing_out_that_a_source_sent()
    {
        await using var silo = await fixture.StartAsync(change: static settings => settings with { MaxRejected = 100 });
        var rejected = silo.Services.GetRequiredService<SqlRejectedRequests>();
        await rejected.Add(Refused("of a source"));

        for (var i = 0; i < 399; i++)
            await rejected.Add(Refused("of a stranger") with { Source = null, Body = null });

        (await silo.Number("SELECT count(*) FROM rejected WHERE source IS NOT NULL")).ShouldBe(1);
        (await silo.Number("SELECT count(*) FROM rejected WHERE source IS NULL")).ShouldBe(10);
    }

    [Theory]
    [InlineData('\0')]
    [InlineData('\uD83D')]
    [InlineData('\uDC4D')]
    public async Task A_refused_request_is_kept_even_if_what_it_says_is_no_text(char odd)
    {
        var (said, kept) = ($"a{odd}b", "a\uFFFDb");
        var request = Refused(said) with { ErrorPath = "$." + said, Source = said, ContentType = said };

        await Rejected.Add(request);

        var latest = (await Rejected.Latest(1, CancellationToken.None)).ShouldHaveSingleItem();
        latest.Id.ShouldBe(request.Id);
        (latest.Detail, latest.ErrorPath, latest.Source, latest.ContentType).ShouldBe((kept, "$." + kept, kept, kept));
    }

    [Fact]
    public async Task Of_refused_requests_the_latest_ten_thousand_are_kept()
    {
        await using var silo = await fixture.StartAsync();
        var rejected = silo.Services.GetRequiredService<SqlRejectedRequests>();
        await rejected.Add(Refused("first"));
        await rejected.Add(Refused("second"));
        await Fill(silo, 10_196);
        await rejected.Add(Refused("last but one"));
        (await silo.Number("SELECT count(*) FROM rejected")).ShouldBe(10_199);

        await rejected.Add(Refused("last"));

        (await silo.Number("SELECT count(*) FROM rejected")).ShouldBe(10_000);
        (await silo.Number("SELECT min(position) FROM rejected")).ShouldBe(201);
        (await rejected.Latest(2, CancellationToken.None))
            .Select(static request => request.Detail)
            .ShouldBe(["last", "last but one"]);
    }

    private static RejectedRequest Refused(string detail) =>
        new(
            Guid.CreateVersion7(),
            DateTimeOffset.FromUnixTimeMilliseconds(Sample.Time),
            "airudder",
            400,
            "$.status",
            detail,
            "application/json",
            "{}"u8.ToArray()
        );

    private static async Task Fill(SiloUnderTest silo, int count)
    {
        var dialect = silo.Services.GetRequiredService<ReadDialect>();
        await using var connection = await silo.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            "INSERT INTO rejected (id, received_at, source, status_code, detail) VALUES (@id, 0, 'airudder', "
            + "400, 'filler')";
        command.Set("id", null);
        DbParameter id = command.Parameters[0];
        for (var i = 0; i < count; i++)
        {
            id.Value = dialect.WriteId(Guid.CreateVersion7());
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    // Commits after retention has removed receipts.

    /// <summary>No receipt was added since: only the version of the row says that something changed.</summary>
    [Fact]
    public async Task A_commit_from_before_receipts_were_removed_changes_nothing()
    {
        var id = Sample.Unique("trimmed");
        await ShouldCommit(Sample.Commit(id, "first"));
        await ShouldCommit(Sample.Commit(id, "second", version: 1));
        await Remove(id, throughSeq: 1);

        await ShouldNotBeNext(Sample.Commit(id, "stale", version: 2), stored: "second");
        await ShouldNotBeNext(Sample.Unchanged(id, 2, 3), stored: "second");

        (await Receipts(id), await Seq(id)).ShouldBe((1, 2));
        await ShouldCommit(Sample.Unchanged(id, 3, 3));
    }

    [Fact]
    public async Task A_workflow_whose_row_is_gone_does_not_begin_again_once_receipts_were_removed()
    {
        var id = Sample.Unique("trimmed");
        await ShouldCommit(Sample.Commit(id, "first"));
        await Remove(id, throughSeq: 1);
        await Silo.Execute(
            "DELETE FROM orleansstorage WHERE grainidextensionstring = @key",
            ("key", GrainKeys.Workflow(id))
        );

        await ShouldNotBeNext(Sample.Commit(id, "again"), stored: null);

        (await StateRows(id), await Receipts(id)).ShouldBe((0, 0));
    }

    private async Task Remove(string id, long throughSeq)
    {
        var baseline = new BaselineRow(id, throughSeq, throughSeq, "vocabulary", "{}", IsDeleted: false, Sample.Time);
        var store = Silo.Services.GetRequiredService<IRetentionStore>();
        (await store.Replace(baseline, CancellationToken.None).InTime()).ShouldBe((int)throughSeq);
    }

    [Fact]
    public async Task Of_two_racing_first_commits_one_wins_and_there_is_one_row()
    {
        for (var round = 0; round < 20; round++)
        {
            var id = Sample.Unique("race");
            string[] texts = ["left", "right"];

            var results = await Task.WhenAll(texts.Select(text => Task.Run(() => Commit(Sample.Commit(id, text)))));

            var winner = texts
                .Where((_, i) => results[i] is CommitResult.Committed { Version: 1 })
                .ShouldHaveSingleItem();
            results.OfType<CommitResult.NotNext>().ShouldHaveSingleItem();
            (await StateRows(id)).ShouldBe(1);
            (await DerivedRows(id)).ShouldBe(3);
            (await Read(id)).Text().ShouldBe(winner);
        }
    }

    [Fact]
    public async Task A_commit_over_another_version_than_was_read_changes_nothing()
    {
        var id = Sample.Unique("stale");
        await ShouldCommit(Sample.Commit(id, "first"));
        await ShouldCommit(Sample.Commit(id, "theirs", version: 1));

        await ShouldNotBeNext(Sample.Commit(id, "mine", version: 1), "theirs");

        var read = (await Read(id)).ShouldNotBeNull();
        (read.Version, read.Seq).ShouldBe((2, 2));
        (await DerivedRows(id)).ShouldBe(1 + 2 + 2);
    }

    [Fact]
    public async Task A_first_commit_over_a_row_that_is_there_changes_nothing()
    {
        var id = Sample.Unique("there");
        await ShouldCommit(Sample.Commit(id, "there"));

        await ShouldNotBeNext(Sample.Commit(id, "new"), stored: "there");

        (await Read(id)).Text().ShouldBe("there");
        (await DerivedRows(id)).ShouldBe(3);
    }

    [Fact]
    public async Task A_state_that_was_cleared_reads_as_none_and_can_be_written_again()
    {
        var (id, stale) = (Sample.Unique("clear"), 1);
        await ShouldCommit(Sample.Commit(id, "before"));
        var state = Sample.State("");
        state.ETag = $"{stale}";

        await Silo.Provider.ClearStateAsync(StateNames.Workflow, Sample.Grain(GrainKeys.Workflow(id)), state).InTime();

        var cleared = (await Read(id)).ShouldNotBeNull();
        (cleared.Version, cleared.State).ShouldBe((2, null));
        await ShouldNotBeNext(Sample.Commit(id, "stale", stale), stored: null);
        await ShouldNotBeNext(Sample.Commit(id, "first"), stored: null);
        state.ETag = $"{stale}";
        await Should.ThrowAsync<InconsistentStateException>(() =>
            Silo.Provider.ClearStateAsync(StateNames.Workflow, Sample.Grain(GrainKeys.Workflow(id)), state)
        );

        await ShouldCommit(Sample.Commit(id, "after", version: 2));
        var again = (await Read(id)).ShouldNotBeNull();
        (again.Text(), again.Version).ShouldBe(("after", 3));
    }

    [Fact]
    public async Task What_is_not_there_reads_as_nothing()
    {
        var id = Sample.Unique("absent");

        (await Read(id)).ShouldBeNull();

        (await StateRows(id)).ShouldBe(0);
    }

    [Fact]
    public async Task A_state_of_a_megabyte_is_stored()
    {
        var id = Sample.Unique("large");
        var text = string.Concat(Enumerable.Range(0, 150_000).Select(static i => $"{i:x6};"));
        text.Length.ShouldBeGreaterThan(1024 * 1024);

        await ShouldCommit(Sample.Commit(id, text));

        (await Read(id)).Text().ShouldBe(text);
    }

    [Theory]
    [InlineData("Zürich, Ελλάδα, 東京, العربية")]
    [InlineData("👩‍👩‍👧‍👦 family, 🇨🇭 flag, 𝒳 outside the first plane")]
    [InlineData("quote ' double \" back \\ percent % under _ semicolon ; dollar $1 @key")]
    [InlineData("e\u0301 is not \u00e9; \u200B zero width; \u202E other way")]
    public async Task Texts_are_stored_as_they_are_in_state_key_and_columns(string text)
    {
        var id = Sample.Unique("wf/" + text);
        await ShouldCommit(Sample.Commit(id, text, name: text));

        (await Read(id)).Text().ShouldBe(text);
        (await StateRows(id)).ShouldBe(1);
        (
            await Silo.Number(
                "SELECT count(*) FROM workflow WHERE workflow_id = @id AND name = @name",
                ("id", id),
                ("name", text)
            )
        ).ShouldBe(1);
        (await Silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id", ("id", id))).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_derived_is_written_with_the_state()
    {
        var id = Sample.Unique("derived");
        await ShouldCommit(Sample.Commit(id, "one"));
        await ShouldCommit(Sample.Commit(id, "two", version: 1));

        (await DerivedRows(id)).ShouldBe(1 + 2 + 2);
        (await Silo.Number("SELECT version FROM workflow WHERE workflow_id = @id", ("id", id))).ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_is_derived_from_a_state_that_was_not_written()
    {
        var (id, absent) = (Sample.Unique("lost"), Sample.Unique("lost"));
        await ShouldCommit(Sample.Commit(id, "there"));

        await ShouldNotBeNext(Sample.Commit(id, "new"), stored: "there");
        await ShouldNotBeNext(Sample.Commit(id, "stale", version: 9), stored: "there");
        await ShouldNotBeNext(Sample.Commit(absent, "stale", version: 9), stored: null);

        (await DerivedRows(id)).ShouldBe(3);
        (await DerivedRows(absent) + await StateRows(absent)).ShouldBe(0);
    }

    /// <summary>Two receipts in one place: the database refuses the second.</summary>
    [Fact]
    public async Task A_state_is_not_written_without_what_is_derived_from_it()
    {
        var id = Sample.Unique("bad");

        (await Commit(Bad(id))).ShouldBeOfType<CommitResult.RolledBack>();
        (await StateRows(id)).ShouldBe(0);
        (await DerivedRows(id)).ShouldBe(0);

        await ShouldCommit(Sample.Commit(id, "first"));
        (await Commit(Bad(id) with { Version = 1 })).ShouldBeOfType<CommitResult.RolledBack>();
        (await Read(id))
            .ShouldNotBeNull()
            .ShouldSatisfyAllConditions(row => row.Text().ShouldBe("first"), row => row.Version.ShouldBe(1));
        (await DerivedRows(id)).ShouldBe(3);
    }

    [Fact]
    public async Task A_row_that_was_deleted_behind_its_activation_is_not_brought_back()
    {
        var id = Sample.Unique("vanished");
        await ShouldCommit(Sample.Commit(id));
        await Silo.Execute(
            "DELETE FROM orleansstorage WHERE grainidextensionstring = @key",
            ("key", GrainKeys.Workflow(id))
        );

        await ShouldNotBeNext(Sample.Commit(id, version: 1), stored: null);

        (await StateRows(id)).ShouldBe(0);
        (await Silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id", ("id", id))).ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_racing_writers_each_win_raises_the_version_by_one()
    {
        const int Writers = 16,
            Attempts = 12;
        var id = Sample.Unique("racing");
        var wins = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(Race))).InTime();

        (await Read(id)).ShouldNotBeNull().Version.ShouldBe(wins.Sum());
        (await Silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id", ("id", id))).ShouldBe(wins.Sum());
        wins.Sum().ShouldBeInRange(Attempts, Writers * Attempts);

        async Task<int> Race()
        {
            var won = 0;
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var result = await Commit(Sample.Commit(id, version: (await Read(id))?.Version));
                won += result is CommitResult.Committed ? 1 : 0;
                (result is CommitResult.Committed or CommitResult.NotNext).ShouldBeTrue($"{result}");
            }

            return won;
        }
    }

    /// <summary>A commit that the database refuses: two receipts have one place.</summary>
    private static WorkflowCommit Bad(string workflowId)
    {
        var commit = Sample.Commit(workflowId, "bad");
        return commit with { Receipts = [.. commit.Receipts, Sample.Receipt(Guid.CreateVersion7(), 1)] };
    }

    // Receipts that change nothing leave the stored state as it is, and raise the row's version.

    [Fact]
    public async Task Receipts_that_change_nothing_leave_the_state_as_it_is_and_their_number_is_read_with_it()
    {
        var id = Sample.Unique("unchanged");
        await ShouldCommit(Sample.Commit(id, "first"));
        await ShouldCommit(Sample.Unchanged(id, 1, 2, 3));
        await ShouldCommit(Sample.Unchanged(id, 2, 4));

        var read = (await Read(id)).ShouldNotBeNull();
        (read.Text(), read.Version, read.Seq, read.LastReceivedAt).ShouldBe(("first", 3, 4, Sample.Time + 4));
        (await Receipts(id), await Seq(id)).ShouldBe((4, 4));

        // What changes something follows it.
        await ShouldCommit(
            Sample.Commit(id, "second", version: 3) with
            {
                Receipts = [Sample.Receipt(Guid.CreateVersion7(), 5)],
            }
        );
        ((await Read(id)).Text(), await Receipts(id)).ShouldBe(("second", 5));
    }

    [Fact]
    public async Task An_activation_that_missed_receipts_of_another_one_writes_nothing_and_no_other_write_fails()
    {
        await using var storage = new OneLane(Silo);
        var ids = Enumerable.Range(0, 40).Select(static _ => Sample.Unique("unchanged")).ToList();
        await Silo.Store(ids.Select(static id => Sample.Commit(id)));

        // Of every fifth another activation has received something that changed nothing.
        foreach (var id in ids.Where(static (_, i) => i % 5 == 0))
            await ShouldCommit(Sample.Unchanged(id, 1, 2));

        var results = await storage.CommitTogether(
            ids.Select(static (id, i) => i % 2 == 0 ? Sample.Unchanged(id, 1, 2) : Sample.Commit(id, version: 1))
        );

        for (var i = 0; i < ids.Count; i++)
        {
            if (i % 5 == 0)
                results[i].ShouldBe(new CommitResult.NotNext());
            else
                results[i].ShouldBe(new CommitResult.Committed(2));

            ((await Read(ids[i]))!.Version, await Receipts(ids[i]), await Seq(ids[i])).ShouldBe(
                (2, 2, 2),
                $"workflow {i}"
            );
        }
    }

    [Fact]
    public async Task An_activation_that_does_not_know_of_a_deletion_adds_nothing_to_the_workflow()
    {
        var id = Sample.Unique("deleted");
        await ShouldCommit(Sample.Commit(id, "first"));
        var tombstone = new BaselineRow(id, 2, 1, "vocabulary", "{}", IsDeleted: true, Sample.Time);
        await ShouldCommit(
            Sample.Commit(id, "deleted", version: 1) with
            {
                IsListed = false,
                Removal = new Removal(tombstone, StateSnapshots.NameOf(id)),
            }
        );

        await ShouldNotBeNext(Sample.Unchanged(id, 1, 2), stored: "deleted");

        (await DerivedRows(id)).ShouldBe(0);
        (await Read(id)).ShouldNotBeNull().Version.ShouldBe(2);
    }

    private Task<long> Receipts(string id) =>
        Silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id", ("id", id));

    private Task<long> Seq(string id) => Silo.Number("SELECT seq FROM workflow WHERE workflow_id = @id", ("id", id));

    /// <summary>
    /// A page was once merged from as many queries as there were words: 10,000 of them stopped the list.
    /// </summary>
    [Fact]
    public async Task Words_that_senders_make_up_make_no_query_of_the_list_larger()
    {
        await using var silo = await fixture.StartAsync();
        await Receive(
            silo,
            "listed",
            static i =>
                i % 3 == 0 ? "running"
                : i % 3 == 1 ? "Finished"
                : "not_started",
            9
        );
        await Receive(silo, "few", static i => $"in progress {i} of many", 10);
        var before = await Sizes(silo);

        await Receive(silo, "many", static i => $"In progress {i} of many more", 500);
        await Receive(silo, "task", static i => $"dialling {i}", 50, ofTask: true);

        (await Sizes(silo)).ShouldBe(before);
    }

    [Fact]
    public async Task Workflows_with_a_word_that_a_sender_made_up_are_found_by_it_and_in_every_order()
    {
        await using var silo = await fixture.StartAsync();
        await Receive(silo, "listed", static _ => "running", 30);
        await Receive(silo, "made-up", static i => $"in progress {i % 40} of many", 120);
        await Receive(silo, "task", static i => $"dialling {i}", 30, ofTask: true);

        foreach (var sort in Enum.GetValues<WorkflowSort>())
        {
            foreach (
                var (filter, count) in ((WorkflowFilter, int)[])
                    [
                        (new(), 180),
                        (new() { Phase = WorkflowPhase.Active }, 180),
                        (new() { Phase = WorkflowPhase.Ended }, 0),
                        (new() { Status = "in progress 7 of many" }, 3),
                        (new() { Status = "in progress 7 of many", Attention = AttentionReason.UnrecognisedStatus }, 3),
                        (new() { Status = "in progress 7 of many", NamePrefix = "MADE" }, 3),
                        (new() { Status = "running" }, 60),
                        (new() { Status = "running", Attention = AttentionReason.UnrecognisedStatus }, 30),
                        (new() { Attention = AttentionReason.UnrecognisedStatus }, 150),
                        (new() { NamePrefix = "made" }, 120),
                    ]
            )
            {
                var found = await ListAll(silo.ReadModel, filter, sort, 50);
                found.Distinct().Count().ShouldBe(count, $"{sort} {filter}");
                found.Count.ShouldBe(count, $"{sort} {filter}");
            }
        }
    }

    /// <summary>A sender that made up words once filled the table, and no new word was counted any more.</summary>
    [Fact]
    public async Task Words_that_come_once_make_room_and_words_that_come_again_stay()
    {
        await using var silo = await fixture.StartAsync();
        var table = silo.Services.GetRequiredService<IStatusUsageStore>();
        await table.Add(
            [new StatusUsage("Often", 3, 5, 9), new StatusUsage("quota ⏳", 1, 7, 7)],
            CancellationToken.None
        );
        await table.Add(
            [
                new StatusUsage("Often", 2, 4, 8),
                new StatusUsage("quota ⏳", 1, 8, 8),
                new StatusUsage("a \0 text", 1, 1, 1),
            ],
            CancellationToken.None
        );

        for (var round = 0; round < 12; round++)
            await table.Add(
                [
                    .. Enumerable
                        .Range(0, 1_000)
                        .Select(i => new StatusUsage($"in progress {i} of {round}", 1, 100 + round, 100 + round)),
                ],
                CancellationToken.None
            );
        await table.Add([new StatusUsage("new", 1, 200, 200)], CancellationToken.None);

        var words = (await table.Read(CancellationToken.None)).ToDictionary(static count => count.Word);
        words.Count.ShouldBeInRange(10_000, 11_001);
        words["Often"].ShouldBe(new StatusUsage("Often", 5, 4, 9));
        words["quota ⏳"].ShouldBe(new StatusUsage("quota ⏳", 2, 7, 8));
        words["new"].ShouldBe(new StatusUsage("new", 1, 200, 200));
        words.ShouldContainKey("in progress 999 of 11");
        words.ShouldNotContainKey("in progress 0 of 0");
    }

    /// <summary>Workflows that hold words, as their status or as that of a task.</summary>
    private static Task Receive(
        SiloUnderTest silo,
        string name,
        Func<int, string> word,
        int count,
        bool ofTask = false
    ) =>
        Task.WhenAll(
                Enumerable
                    .Range(0, count)
                    .Select(async i =>
                    {
                        var (id, reported) = ($"{name}-{i}", word(i));
                        await silo.Workflow(id)
                            .Receive(
                                Hosting.Receipts.Of(
                                    new StatusChange(
                                        id,
                                        name,
                                        ofTask ? "running" : reported,
                                        [
                                            new StatusChangeAction(
                                                "node",
                                                "A node",
                                                "call",
                                                "task",
                                                ofTask ? reported : "running"
                                            ),
                                        ]
                                    ),
                                    Guid.CreateVersion7()
                                )
                            );
                    })
            )
            .InTime();

    /// <summary>How long the statements of each page are, and how many parameters they take.</summary>
    private static async Task<List<string>> Sizes(SiloUnderTest silo)
    {
        var dialect = silo.Services.GetRequiredService<ReadDialect>();
        await using var connection = await silo.Database.OpenConnectionAsync();
        var sizes = new List<string>();
        foreach (
            var filter in (WorkflowFilter[])
                [
                    new(),
                    new() { Phase = WorkflowPhase.Active },
                    new() { Status = "in progress 3 of many" },
                    new() { NamePrefix = "m" },
                ]
        )
        {
            await using var find = connection.CreateCommand();
            find.CommandText = WorkflowGroup.Find(Queries.StateCodes.Of(filter));
            var groups = WorkflowGroup.Of(filter) ?? await find.ReadAll(WorkflowGroup.Read, CancellationToken.None);
            foreach (var sort in Enum.GetValues<WorkflowSort>())
            {
                var few = WorkflowSql.AsksForNames(filter, sort)
                    ? groups.ToDictionary(static group => group, static _ => true)
                    : null;
                await using DbCommand list = connection.CreateCommand(),
                    names = connection.CreateCommand();
                WorkflowSql.List(list, dialect, filter, sort, groups, few, null, 100);
                WorkflowSql.CountNames(names, filter, groups, 10);
                sizes.Add(
                    $"{filter} {sort}: {list.CommandText.Length} {list.Parameters.Count} "
                        + $"{names.CommandText.Length} {names.Parameters.Count}"
                );
            }
        }

        return sizes;
    }
}

/// <summary>The suite on SQLite.</summary>
public sealed class SqliteStorage(SqliteSilo fixture) : StorageCompliance(fixture), IClassFixture<SqliteSilo>;

/// <summary>Vendor ids as grain keys, without a database.</summary>
public sealed class GrainKeysAreInjective
{
    private static readonly Gen<string> Id = Gen.OneOf(
        Gen.Char["/%25Ff+{}-0aA\0 漢"].Array[1, 6].Select(static chars => new string(chars)),
        Gen.Char["0123456789abcdefABCDEF"].Array[1, 32].Select(static chars => new string(chars)),
        Gen.Guid.Select(static id => id.ToString()),
        GeneratedWorkflows.OneOf("/", "%2F", "%252F", "%", "%25", ".", "..", "a/b", "a%2Fb", "😀")
    );

    [Fact]
    public void Different_ids_have_different_keys_and_come_back() =>
        Gen.Select(Id, Id, Id, Id)
            .Sample(
                static (workflow, node, otherWorkflow, otherNode) =>
                {
                    GrainKeys.ParseWorkflow(GrainKeys.Workflow(workflow)).ShouldBe(workflow);
                    GrainKeys.ParseNodeTask(GrainKeys.NodeTask(workflow, node)).ShouldBe((workflow, node));
                    (GrainKeys.Workflow(workflow) == GrainKeys.Workflow(otherWorkflow)).ShouldBe(
                        workflow == otherWorkflow
                    );
                    (GrainKeys.NodeTask(workflow, node) == GrainKeys.NodeTask(otherWorkflow, otherNode)).ShouldBe(
                        (workflow, node) == (otherWorkflow, otherNode)
                    );
                    GrainKeys.Workflow(workflow).ShouldNotBe(GrainKeys.NodeTask(otherWorkflow, otherNode));
                },
                iter: 20_000
            );

    [Fact]
    public void No_key_is_read_as_a_number_a_guid_or_an_extension() =>
        Gen.Select(Id, Id)
            .Sample(
                static (workflow, node) =>
                {
                    foreach (var key in (string[])[GrainKeys.Workflow(workflow), GrainKeys.NodeTask(workflow, node)])
                    {
                        // What the provider asks: a key that is neither is a text.
                        Sample.Grain(key).TryGetIntegerKey(out _, out _).ShouldBeFalse();
                        Sample.Grain(key).TryGetGuidKey(out _, out _).ShouldBeFalse();
                    }
                },
                iter: 20_000
            );
}
