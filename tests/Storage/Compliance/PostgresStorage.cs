using CsCheck;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.GroupCommit;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

/// <summary>The suite on PostgreSQL.</summary>
public sealed class PostgresStorage(PostgresSilo fixture) : StorageCompliance(fixture), IClassFixture<PostgresSilo>
{
    private readonly PostgresSilo _fixture = fixture;

    /// <summary>HTTP refuses such texts; a .NET client that calls a grain itself could send one.</summary>
    [Theory]
    [InlineData('\0')]
    [InlineData('\uD83D')]
    public async Task A_text_that_PostgreSQL_does_not_take_fails_its_own_grain_only(char odd)
    {
        await using var storage = new OneLane(_fixture.Silo);
        var keys = Enumerable.Range(0, 100).Select(_ => Sample.Unique("text")).ToList();
        var states = keys.Select((key, i) => Sample.State("new", Sample.Rows(key, name: i == 42 ? $"odd {odd}" : "even"))).ToList();

        var failures = await storage.WriteTogether(keys, states);

        failures.Index().Where(static failure => failure.Item is not null).Select(static failure => failure.Index).ShouldBe([42]);
        (await _fixture.Silo.Number("SELECT count(*) FROM workflow WHERE workflow_id = ANY(@keys)", ("keys", keys.ToArray()))).ShouldBe(99);
    }

    [Fact]
    public async Task Of_a_long_state_that_changes_in_one_place_only_the_change_is_written()
    {
        var key = Sample.Unique("wf/edits");
        var state = new GrainState<WorkflowGrainState>();
        var whole = 0L;
        for (var i = 0; i < 200; i++)
        {
            state.State = Sample.Value(Enumerable.Range(0, 200)
                .Select(place => $"text {place} of a long state, {(place < i ? "changed" : "as it was")}"));
            await _fixture.Silo.Storage.WriteStateAsync("workflow", Sample.Grain(key), state);
            whole += await _fixture.Silo.Number("SELECT count(*) FROM orleansstorage WHERE grainidextensionstring = @key AND edits IS NULL", ("key", key));
            var length = await _fixture.Silo.Number("SELECT coalesce(length(edits), 0) FROM orleansstorage WHERE grainidextensionstring = @key", ("key", key));
            length.ShouldBeLessThanOrEqualTo(800);
        }

        whole.ShouldBeInRange(1, 20);
    }

    [Fact]
    public async Task Edits_make_one_text_another()
    {
        var bytes = Gen.Byte[0, 3].Array[0, 600];
        var pairs = Gen.Select(bytes, bytes, Gen.Int[0, 600], Gen.Int[0, 600]).Select(static (before, other, from, length) =>
        {
            // Alike but for a piece of it.
            from = Math.Min(from, before.Length);
            return (Before: before, After: (byte[])[.. before[..from], .. other[..Math.Min(other.Length, length / 8)], .. before[Math.Min(before.Length, from + (length / 8))..]]);
        });
        var (all, none) = (0, 0);
        await pairs.SampleAsync(
            async pair =>
            {
                Interlocked.Increment(ref all);
                if (ByteEdits.Between(pair.Before, pair.After, most: 800) is not { } edits)
                {
                    Interlocked.Increment(ref none);
                    return;
                }

                await using var command = _fixture.Silo.Database.CreateCommand("SELECT orleansstorage_edit(@before, @edits)");
                command.Set("before", pair.Before);
                command.Set("edits", edits);
                (await command.ExecuteScalarAsync()).ShouldBe(pair.After);
            },
            iter: 500,
            threads: 2);
        none.ShouldBeLessThan(all / 10);
    }
}
