using CsCheck;
using Orleans.Storage;
using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.GroupCommit;
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

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Our_storage_and_the_provider_read_what_the_other_wrote(string kind, string key)
    {
        var stateName = Sample.Unique("alternating " + kind);
        var grain = Sample.Grain(key);
        IGrainStorage[] storages = [Storage, Silo.Provider, Storage, Silo.Provider, Silo.Provider, Storage];
        for (var i = 0; i < storages.Length; i++)
        {
            var readByOurs = new GrainState<WorkflowGrainState>();
            await Storage.ReadStateAsync(stateName, grain, readByOurs);
            var state = new GrainState<WorkflowGrainState>();
            await Silo.Provider.ReadStateAsync(stateName, grain, state);
            (readByOurs.Text(), readByOurs.ETag, readByOurs.RecordExists).ShouldBe((state.Text(), state.ETag, state.RecordExists));
            state.Text().ShouldBe(i == 0 ? null : $"write {i - 1}");

            state.State = Sample.Value($"write {i}");
            await storages[i].WriteStateAsync(stateName, grain, state);
            state.ETag.ShouldBe($"{i + 1}");
        }

        (await Silo.Number("SELECT count(*) FROM orleansstorage WHERE graintypestring = @name", ("name", stateName))).ShouldBe(1);
    }

    [Fact]
    public async Task Our_storage_and_the_provider_respect_each_others_versions()
    {
        var grain = Sample.Grain(Sample.Unique("wf/versions"));
        await Silo.Provider.WriteStateAsync("workflow", grain, Sample.State("provider"));
        await Should.ThrowAsync<InconsistentStateException>(() => Write(grain, Sample.State("ours")));

        var (stale, state) = (await Read(grain), await Read(grain));
        state.State = Sample.Value("ours");
        await Write(grain, state);
        await Should.ThrowAsync<InconsistentStateException>(() => Silo.Provider.WriteStateAsync("workflow", grain, stale));
        await Should.ThrowAsync<InconsistentStateException>(() => Silo.Provider.WriteStateAsync("workflow", grain, Sample.State("first")));

        await Silo.Provider.ClearStateAsync("workflow", grain, state);
        (await Read(grain)).ETag.ShouldBe("3");
    }

    [Fact]
    public async Task Of_the_providers_own_racing_first_writes_one_wins()
    {
        var key = Sample.Unique("wf/race");
        var writes = Enumerable.Range(0, 8)
            .Select(i => Task.Run(() => Silo.Provider.WriteStateAsync("workflow", Sample.Grain(key), Sample.State($"{i}"))))
            .ToArray();
        await Task.WhenAll(writes).ContinueWith(static _ => { }, TaskScheduler.Default).InTime();

        writes.Count(static write => write.IsCompletedSuccessfully).ShouldBe(1);
        (await StateRows(key)).ShouldBe(1);
    }

    [Fact]
    public async Task Raw_ids_that_look_like_numbers_share_a_row_and_grain_keys_do_not()
    {
        string[] ids = ["7b", "7B", "007b"];
        var rawName = Sample.Unique("raw");
        await Storage.WriteStateAsync(rawName, Sample.Grain(ids[0]), Sample.State("the first"));
        foreach (var id in ids)
        {
            var trapped = new GrainState<WorkflowGrainState>();
            await Silo.Provider.ReadStateAsync(rawName, Sample.Grain(id), trapped);
            trapped.Text().ShouldBe("the first", "this is the trap; if the provider no longer has it, GrainKeys may be simpler");
        }

        string[] hex = ["0F8FAD5BD9CB469FA16570867728950E", "0f8fad5bd9cb469fa16570867728950e", SomeGuid];
        string[] all = [.. ids, .. hex, "7b+a", "7B+a", "a/b", "a%2Fb", "a%252Fb", " 7b"];
        var name = Sample.Unique("keys");
        foreach (var id in all)
            await Storage.WriteStateAsync(name, Sample.Grain(GrainKeys.Workflow(id)), Sample.State(id));
        foreach (var id in all)
        {
            var state = new GrainState<WorkflowGrainState>();
            await Silo.Provider.ReadStateAsync(name, Sample.Grain(GrainKeys.Workflow(id)), state);
            state.Text().ShouldBe(id);
        }
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
        var key = GrainKeys.NodeTask(id, id);
        var name = Sample.Unique("longest");
        await Storage.WriteStateAsync(name, Sample.Grain(key), Sample.State("long"));
        await Storage.WriteStateAsync(name, Sample.Grain(key[..^1]), Sample.State("shorter"));

        var state = new GrainState<WorkflowGrainState>();
        await Silo.Provider.ReadStateAsync(name, Sample.Grain(key), state);
        state.Text().ShouldBe("long");
    }
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
                    var row = RowKey.Of(Sample.Grain(key), StateNames.Workflow);
                    (row.GrainIdN0, row.GrainIdN1, row.GrainIdExtensionString).ShouldBe((0, 0, key));
                }
            },
            iter: 20_000);
}
