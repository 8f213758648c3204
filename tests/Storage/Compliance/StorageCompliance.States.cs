using Orleans.Storage;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

public abstract partial class StorageCompliance
{
    [Fact]
    public async Task Of_two_racing_first_commits_one_wins_and_there_is_one_row()
    {
        for (var round = 0; round < 20; round++)
        {
            var id = Sample.Unique("race");
            string[] texts = ["left", "right"];

            var results = await Task.WhenAll(texts.Select(text => Task.Run(() => Commit(Sample.Commit(id, text)))));

            var winner = texts.Where((_, i) => results[i] is CommitResult.Committed { Version: 1 }).ShouldHaveSingleItem();
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
        await Should.ThrowAsync<InconsistentStateException>(
            () => Silo.Provider.ClearStateAsync(StateNames.Workflow, Sample.Grain(GrainKeys.Workflow(id)), state));

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
        (await Silo.Number("SELECT count(*) FROM workflow WHERE workflow_id = @id AND name = @name", ("id", id), ("name", text))).ShouldBe(1);
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
        (await Read(id)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            row => row.Text().ShouldBe("first"), row => row.Version.ShouldBe(1));
        (await DerivedRows(id)).ShouldBe(3);
    }

    [Fact]
    public async Task A_row_that_was_deleted_behind_its_activation_is_not_brought_back()
    {
        var id = Sample.Unique("vanished");
        await ShouldCommit(Sample.Commit(id));
        await Silo.Execute("DELETE FROM orleansstorage WHERE grainidextensionstring = @key", ("key", GrainKeys.Workflow(id)));

        await ShouldNotBeNext(Sample.Commit(id, version: 1), stored: null);

        (await StateRows(id)).ShouldBe(0);
        (await Silo.Number("SELECT count(*) FROM receipt WHERE workflow_id = @id", ("id", id))).ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_racing_writers_each_win_raises_the_version_by_one()
    {
        const int Writers = 16, Attempts = 12;
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
}
