using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.GroupCommit;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

public abstract partial class StorageCompliance
{
    [Theory]
    [InlineData(0)]
    [InlineData(57)]
    [InlineData(99)]
    public async Task One_bad_row_in_a_batch_of_a_hundred_fails_its_own_grain_only(int bad) => await WriteHundred([bad]);

    [Fact]
    public async Task Several_bad_rows_in_a_batch_of_a_hundred_fail_their_own_grains_only() => await WriteHundred([0, 1, 31, 64, 65, 98]);

    [Fact]
    public async Task Conflicts_in_a_batch_fail_their_own_grains_only()
    {
        await using var storage = new OneLane(Silo);
        var keys = Enumerable.Range(0, 100).Select(_ => Sample.Unique("conflict")).ToList();
        var stale = keys.Where(static (_, i) => i % 7 == 3).ToHashSet();
        foreach (var key in stale)
            await Write(Sample.Grain(key), Sample.State("there"));

        var states = keys.ConvertAll(static key => Sample.State("new", Sample.Rows(key)));
        var failures = await storage.WriteTogether(keys, states);

        storage.Database.Batches.Select(static batch => batch.Count).ShouldBe([1, 100], "no conflict splits a batch");
        for (var i = 0; i < keys.Count; i++)
        {
            (failures[i] is InconsistentStateException).ShouldBe(stale.Contains(keys[i]));
            (await DerivedRows(keys[i])).ShouldBe(stale.Contains(keys[i]) ? 0 : 3);
        }
    }

    [Fact]
    public async Task The_same_row_twice_at_once_is_written_one_after_the_other()
    {
        await using var storage = new OneLane(Silo);
        var (key, other) = (Sample.Unique("twice"), Sample.Unique("once"));
        var (first, second, rival) = (Sample.State("first"), Sample.State("second"), Sample.State("rival"));
        second.ETag = "1";

        var failures = await storage.WriteTogether([key, key, other, key], [first, second, Sample.State("other"), rival]);

        failures.Select(static failure => failure?.GetType()).ShouldBe([null, null, null, typeof(InconsistentStateException)]);
        (first.ETag, second.ETag).ShouldBe(("1", "2"));
        (await Read(Sample.Grain(key))).Text().ShouldBe("second");
        (await Read(Sample.Grain(other))).Text().ShouldBe("other");
        storage.Database.Batches.ShouldAllBe(static batch => batch.Select(write => write.Key).Distinct().Count() == batch.Count);
    }

    [Fact]
    public async Task An_outcome_that_nobody_knows_is_a_failure_to_all_of_the_batch()
    {
        await using var storage = new OneLane(Silo);
        var keys = Enumerable.Range(0, 10).Select(_ => Sample.Unique("unknown")).ToList();
        storage.Database.Fail(FailureTime.AfterCommit, write => write.Key.GrainIdExtensionString == keys[4]);

        var states = keys.ConvertAll(static key => Sample.State("new", Sample.Rows(key)));
        var failures = await storage.WriteTogether(keys, states);

        failures.ShouldAllBe(static failure => failure is InjectedException);
        states.ShouldAllBe(static state => state.ETag == null);
        storage.Database.Batches.Count.ShouldBe(2, "what may have been committed is not tried again");
    }

    private async Task WriteHundred(HashSet<int> bad)
    {
        await using var storage = new OneLane(Silo);
        var (owner, taken) = (Sample.Unique("owner"), Guid.CreateVersion7());
        await Write(Sample.Grain(owner), Sample.State("owner", Sample.Rows(owner, taken)));
        var keys = Enumerable.Range(0, 100).Select(_ => Sample.Unique("batch")).ToList();
        var states = keys.Select((key, i) => Sample.State("new", Sample.Rows(key, bad.Contains(i) ? taken : null))).ToList();

        var failures = await storage.WriteTogether(keys, states);

        storage.Database.Batches[1].Count.ShouldBe(100);
        for (var i = 0; i < keys.Count; i++)
        {
            (failures[i] is not null).ShouldBe(bad.Contains(i), $"grain {i}: {failures[i]}");
            (await StateRows(keys[i])).ShouldBe(bad.Contains(i) ? 0 : 1);
            (await DerivedRows(keys[i])).ShouldBe(bad.Contains(i) ? 0 : 3);
            states[i].ETag.ShouldBe(bad.Contains(i) ? null : "1");
        }
    }

    /// <summary>The product's storage over the silo's database with one lane, so that a test says what is gathered.</summary>
    private protected sealed class OneLane : IAsyncDisposable
    {
        private readonly GroupCommitter _committer;
        private readonly GroupCommitGrainStorage _storage;

        public OneLane(SiloUnderTest silo)
        {
            Database = new ControlledDatabase(silo.Services.GetRequiredService<IStateDatabase>(), lanes: 1);
            _committer = new GroupCommitter(
                Database,
                new GroupCommitOptions(),
                silo.Services.GetRequiredService<GroupCommitMetrics>(),
                TimeProvider.System,
                NullLogger<GroupCommitter>.Instance);
            _storage = new GroupCommitGrainStorage(_committer, silo.Services.GetRequiredService<IGrainStorageSerializer>(), silo.Provider);
        }

        public ControlledDatabase Database { get; }

        /// <summary>Writes states that are all waiting when the lane is free; answers what each failed with, or null.</summary>
        public async Task<Exception?[]> WriteTogether(List<string> keys, List<GrainState<WorkflowGrainState>> states)
        {
            var opener = Sample.Unique("opener");
            var held = Database.Hold(write => write.Key.GrainIdExtensionString == opener);
            var opening = _storage.WriteStateAsync("workflow", Sample.Grain(opener), Sample.State("opener"));
            await held.Reached;
            var writes = keys.Select((key, i) => _storage.WriteStateAsync("workflow", Sample.Grain(key), states[i])).ToList();
            held.Release();
            await opening.InTime();
            await Task.WhenAll(writes).ContinueWith(static _ => { }, TaskScheduler.Default).InTime();
            return [.. writes.Select(static write => write.Exception?.InnerException)];
        }

        // The database is the silo's.
        public ValueTask DisposeAsync() => _committer.DisposeAsync();
    }
}
