using CsCheck;
using Orleans.Storage;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

public abstract partial class StorageCompliance
{
    private const string SomeGuid = "0f8fad5b-d9cb-469f-a165-70867728950e";

    public static TheoryData<string, string> Keys { get; } = new()
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

    /// <summary>The plain provider finds the rows of workflows by their grains' ids, as any tool of Orleans would.</summary>
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
            (state.ETag, state.RecordExists, state.Text()).ShouldBe((row is null ? null : $"{row.Version}", expected is not null, expected));
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
                    await ShouldCommit(Sample.Commit(id) with
                    {
                        Version = row?.Version,
                        State = Sample.Payload(text),
                        Receipts = [Sample.Receipt(Guid.CreateVersion7(), i + 1)],
                    });
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

        await Should.ThrowAsync<InconsistentStateException>(
            () => Silo.Provider.WriteStateAsync(StateNames.Workflow, grain, stale));
        await Should.ThrowAsync<InconsistentStateException>(
            () => Silo.Provider.WriteStateAsync(StateNames.Workflow, grain, Sample.State("first")));
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
            var writes = Enumerable.Range(0, 8)
                .Select(i => Task.Run(() => Silo.Provider.WriteStateAsync(name, Sample.Grain(key), Sample.State($"{i}"))))
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
            (await ReadByProvider(rawName, Sample.Grain(id))).Text()
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
}

/// <summary>Vendor ids as grain keys, without a database.</summary>
public sealed class GrainKeysAreInjective
{
    private static readonly Gen<string> Id = Gen.OneOf(
        Gen.Char["/%25Ff+{}-0aA\0 漢"].Array[1, 6].Select(static chars => new string(chars)),
        Gen.Char["0123456789abcdefABCDEF"].Array[1, 32].Select(static chars => new string(chars)),
        Gen.Guid.Select(static id => id.ToString()),
        GeneratedWorkflows.OneOf("/", "%2F", "%252F", "%", "%25", ".", "..", "a/b", "a%2Fb", "😀"));

    [Fact]
    public void Different_ids_have_different_keys_and_come_back() =>
        Gen.Select(Id, Id, Id, Id).Sample(
            static (workflow, node, otherWorkflow, otherNode) =>
            {
                GrainKeys.ParseWorkflow(GrainKeys.Workflow(workflow)).ShouldBe(workflow);
                GrainKeys.ParseNodeTask(GrainKeys.NodeTask(workflow, node)).ShouldBe((workflow, node));
                (GrainKeys.Workflow(workflow) == GrainKeys.Workflow(otherWorkflow)).ShouldBe(workflow == otherWorkflow);
                (GrainKeys.NodeTask(workflow, node) == GrainKeys.NodeTask(otherWorkflow, otherNode))
                    .ShouldBe((workflow, node) == (otherWorkflow, otherNode));
                GrainKeys.Workflow(workflow).ShouldNotBe(GrainKeys.NodeTask(otherWorkflow, otherNode));
            },
            iter: 20_000);

    [Fact]
    public void No_key_is_read_as_a_number_a_guid_or_an_extension() =>
        Gen.Select(Id, Id).Sample(
            static (workflow, node) =>
            {
                foreach (var key in (string[])[GrainKeys.Workflow(workflow), GrainKeys.NodeTask(workflow, node)])
                {
                    // What the provider asks: a key that is neither is a text.
                    Sample.Grain(key).TryGetIntegerKey(out _, out _).ShouldBeFalse();
                    Sample.Grain(key).TryGetGuidKey(out _, out _).ShouldBeFalse();
                }
            },
            iter: 20_000);
}
