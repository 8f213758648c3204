using Orleans.Storage;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

public abstract partial class StorageCompliance
{
    [Fact]
    public async Task Of_two_racing_first_writes_one_wins_and_there_is_one_row()
    {
        for (var round = 0; round < 20; round++)
        {
            var key = Sample.Unique("race");
            var states = new[] { Sample.State("left"), Sample.State("right") };

            var writes = states.Select(state => Task.Run(() => Write(Sample.Grain(key), state))).ToArray();
            await Task.WhenAll(writes).ContinueWith(static _ => { }, TaskScheduler.Default);

            var winner = states.Where((_, i) => writes[i].IsCompletedSuccessfully).ShouldHaveSingleItem();
            writes.Where(write => write.IsFaulted).ShouldHaveSingleItem()
                .Exception!.InnerException.ShouldBeOfType<InconsistentStateException>();
            (await StateRows(key)).ShouldBe(1);
            (await Read(Sample.Grain(key))).Text().ShouldBe(winner.Text());
        }
    }

    [Fact]
    public async Task A_write_over_another_version_than_was_read_fails_and_changes_nothing()
    {
        var grain = Sample.Grain(Sample.Unique("stale"));
        var mine = Sample.State("first");
        await Write(grain, mine);
        var others = await Read(grain);
        others.State = Sample.Value("theirs");
        await Write(grain, others);

        mine.State = Sample.Value("mine");
        await Should.ThrowAsync<InconsistentStateException>(() => Write(grain, mine));

        mine.ETag.ShouldBe("1");
        var stored = await Read(grain);
        (stored.Text(), stored.ETag).ShouldBe(("theirs", "2"));
    }

    [Fact]
    public async Task A_first_write_over_a_row_that_is_there_fails()
    {
        var grain = Sample.Grain(Sample.Unique("there"));
        await Write(grain, Sample.State("there"));

        await Should.ThrowAsync<InconsistentStateException>(() => Write(grain, Sample.State("new")));

        (await Read(grain)).Text().ShouldBe("there");
    }

    [Fact]
    public async Task A_cleared_state_reads_as_none_and_can_be_written_again()
    {
        var grain = Sample.Grain(Sample.Unique("clear"));
        var state = Sample.State("before");
        await Write(grain, state);

        await Storage.ClearStateAsync("workflow", grain, state);

        (state.RecordExists, state.Text()).ShouldBe((false, null));
        var cleared = await Read(grain);
        (cleared.RecordExists, cleared.Text(), cleared.ETag).ShouldBe((false, null, state.ETag));

        cleared.State = Sample.Value("after");
        await Write(grain, cleared);
        var again = await Read(grain);
        (again.RecordExists, again.Text(), again.ETag).ShouldBe((true, "after", "3"));
    }

    [Fact]
    public async Task Who_does_not_know_of_the_clearing_cannot_write_over_it()
    {
        var grain = Sample.Grain(Sample.Unique("clear"));
        var state = Sample.State("before");
        await Write(grain, state);
        var stale = await Read(grain);
        await Storage.ClearStateAsync("workflow", grain, state);

        await Should.ThrowAsync<InconsistentStateException>(() => Write(grain, stale));
        await Should.ThrowAsync<InconsistentStateException>(() => Write(grain, Sample.State("first")));
        await Should.ThrowAsync<InconsistentStateException>(() => Storage.ClearStateAsync("workflow", grain, stale));
    }

    [Fact]
    public async Task What_is_not_there_reads_as_a_new_state()
    {
        var key = Sample.Unique("absent");
        var state = Sample.State("left over from before");
        (state.ETag, state.RecordExists) = ("7", true);

        await Storage.ReadStateAsync("workflow", Sample.Grain(key), state);

        (state.RecordExists, state.ETag, state.Text()).ShouldBe((false, null, null));
        await Storage.ClearStateAsync("workflow", Sample.Grain(key), state);
        (await StateRows(key)).ShouldBe(0);
    }

    [Fact]
    public async Task A_state_of_a_megabyte_is_stored()
    {
        var grain = Sample.Grain(Sample.Unique("large"));
        var text = string.Concat(Enumerable.Range(0, 150_000).Select(static i => $"{i:x6};"));
        text.Length.ShouldBeGreaterThan(1024 * 1024);

        await Write(grain, Sample.State(text));

        (await Read(grain)).Text().ShouldBe(text);
    }

    [Theory]
    [InlineData("Zürich, Ελλάδα, 東京, العربية")]
    [InlineData("👩‍👩‍👧‍👦 family, 🇨🇭 flag, 𝒳 outside the first plane")]
    [InlineData("quote ' double \" back \\ percent % under _ semicolon ; dollar $1 @key")]
    [InlineData("e\u0301 is not \u00e9; \u200B zero width; \u202E other way")]
    public async Task Texts_are_stored_as_they_are_in_state_key_and_rows(string text)
    {
        var key = Sample.Unique("wf/" + text);
        await Write(Sample.Grain(key), Sample.State(text, Sample.Rows(key, name: text)));

        (await Read(Sample.Grain(key))).Text().ShouldBe(text);
        (await StateRows(key)).ShouldBe(1);
        (await Silo.Number("SELECT count(*) FROM workflow WHERE workflow_id = @key AND name = @name", ("key", key), ("name", text))).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_derived_is_written_with_the_state()
    {
        var key = Sample.Unique("derived");
        var state = Sample.State("one", Sample.Rows(key));
        await Write(Sample.Grain(key), state);
        state.State = Sample.Value("two", Sample.Rows(key, seq: 2));
        await Write(Sample.Grain(key), state);

        (await DerivedRows(key)).ShouldBe(1 + 2 + 2);
        (await Silo.Number("SELECT version FROM workflow WHERE workflow_id = @id", ("id", key))).ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_is_derived_from_a_state_that_was_not_written()
    {
        var key = Sample.Unique("lost");
        await Write(Sample.Grain(key), Sample.State("there"));

        await Should.ThrowAsync<InconsistentStateException>(() => Write(Sample.Grain(key), Sample.State("new", Sample.Rows(key))));
        var stale = Sample.State("stale", Sample.Rows(key));
        stale.ETag = "9";
        await Should.ThrowAsync<InconsistentStateException>(() => Write(Sample.Grain(key), stale));

        (await DerivedRows(key)).ShouldBe(0);
    }

    [Fact]
    public async Task A_state_is_not_written_without_what_is_derived_from_it()
    {
        var (first, second, receiptId) = (Sample.Unique("owner"), Sample.Unique("thief"), Guid.CreateVersion7());
        await Write(Sample.Grain(first), Sample.State("first", Sample.Rows(first, receiptId)));
        var state = Sample.State("second", Sample.Rows(second, receiptId));

        await Should.ThrowAsync<Exception>(() => Write(Sample.Grain(second), state));

        (state.ETag, state.RecordExists).ShouldBe((null, false));
        (await StateRows(second)).ShouldBe(0);
        (await DerivedRows(second)).ShouldBe(0);
        (await Read(Sample.Grain(first))).Text().ShouldBe("first");
    }

    [Fact]
    public async Task A_row_that_was_deleted_behind_its_state_is_not_brought_back()
    {
        var key = Sample.Unique("vanished");
        var state = Sample.State("there");
        await Write(Sample.Grain(key), state);
        await Silo.Execute("DELETE FROM orleansstorage WHERE grainidextensionstring = @key", ("key", key));

        state.State = Sample.Value("again", Sample.Rows(key));
        await Should.ThrowAsync<InconsistentStateException>(() => Write(Sample.Grain(key), state));

        (await StateRows(key)).ShouldBe(0);
        (await DerivedRows(key)).ShouldBe(0);
    }

    [Fact]
    public async Task Of_many_racing_writers_each_win_raises_the_version_by_one()
    {
        const int Writers = 16, Attempts = 12;
        var key = Sample.Unique("racing");
        var wins = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(Race))).InTime();

        (await Read(Sample.Grain(key))).ETag.ShouldBe($"{wins.Sum()}");
        (await Silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id", ("id", key))).ShouldBe(wins.Sum());
        wins.Sum().ShouldBeInRange(Attempts, Writers * Attempts);

        async Task<int> Race()
        {
            var won = 0;
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var state = await Read(Sample.Grain(key));
                var next = int.Parse(state.ETag ?? "0") + 1;
                state.State = Sample.Value($"{next}", Sample.Rows(key, seq: next));
                try
                {
                    await Write(Sample.Grain(key), state);
                    won++;
                }
                catch (InconsistentStateException)
                {
                    // Somebody else was first.
                }
            }

            return won;
        }
    }
}
