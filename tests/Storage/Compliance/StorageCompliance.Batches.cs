using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.GroupCommit;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

public abstract partial class StorageCompliance
{
    [Theory]
    [InlineData(0)]
    [InlineData(57)]
    [InlineData(99)]
    public async Task One_bad_row_in_a_batch_of_a_hundred_fails_its_own_workflow_only(int bad) => await CommitHundred([bad]);

    [Fact]
    public async Task Several_bad_rows_in_a_batch_of_a_hundred_fail_their_own_workflows_only() => await CommitHundred([0, 1, 31, 64, 65, 98]);

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

        var results = await storage.CommitTogether(
            [Sample.Commit(id, "first"), Sample.Commit(id, "second", version: 1), Sample.Commit(other, "other"), Sample.Commit(id, "rival")]);

        results[..3].ShouldBe([new CommitResult.Committed(1), new CommitResult.Committed(2), new CommitResult.Committed(1)]);
        results[3].ShouldBe(new CommitResult.NotNext());
        ((await Read(id)).Text(), (await Read(other)).Text()).ShouldBe(("second", "other"));
        storage.Database.Batches.ShouldAllBe(static batch => batch.Select(write => write.Key).Distinct().Count() == batch.Count);
    }

    [Fact]
    public async Task An_outcome_that_nobody_knows_is_that_of_all_of_the_batch()
    {
        await using var storage = new OneLane(Silo);
        var ids = Enumerable.Range(0, 10).Select(static _ => Sample.Unique("unknown")).ToList();
        storage.Database.Fail(FailureTime.AfterCommit, write => write.Commit.Workflow.WorkflowId == ids[4]);

        var results = await storage.CommitTogether(ids.Select(static id => Sample.Commit(id)));

        results.ShouldAllBe(static result => result is CommitResult.Unknown && ((CommitResult.Unknown)result).Cause is InjectedException);
        storage.Database.Batches.Count.ShouldBe(2, "what may have been committed is not tried again");
    }

    private async Task CommitHundred(HashSet<int> bad)
    {
        await using var storage = new OneLane(Silo);
        var ids = Enumerable.Range(0, 100).Select(static _ => Sample.Unique("batch")).ToList();

        var results = await storage.CommitTogether(ids.Select((id, i) => bad.Contains(i) ? Bad(id) : Sample.Commit(id)));

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

    /// <summary>The product's storage over the silo's database with one lane, so that a test says what is gathered.</summary>
    private protected sealed class OneLane : IAsyncDisposable
    {
        private readonly GroupCommitter _committer;

        public OneLane(SiloUnderTest silo)
        {
            Database = new ControlledDatabase(silo.Services.GetRequiredService<IStateDatabase>(), lanes: 1);
            _committer = new GroupCommitter(
                Database,
                new GroupCommitOptions(),
                silo.Services.GetRequiredService<GroupCommitMetrics>(),
                TimeProvider.System,
                NullLogger<GroupCommitter>.Instance);
        }

        public ControlledDatabase Database { get; }

        /// <summary>Commits what is all waiting when the lane is free.</summary>
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
}
