using Orleans.Storage;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

public abstract partial class StorageCompliance
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_long_state_is_read_as_it_was_written_whoever_wrote_and_whoever_reads(int seed)
    {
        var random = new Random(seed);
        var grain = Sample.Grain(Sample.Unique("wf/long"));
        var state = new GrainState<WorkflowGrainState>(Sample.Value(""));
        string[] texts = [.. Enumerable.Range(0, 200).Select(static i => $"text {i} of a long state")];
        for (var i = 0; i < 150; i++)
        {
            // Mostly one text changes, and the same activation writes; now and then all of it, the length, or who writes.
            texts = random.Next(12) switch
            {
                0 => [.. texts.Select(text => text + random.Next(10))],
                1 => [.. texts[..random.Next(texts.Length)]],
                2 => [.. texts, .. Enumerable.Range(0, 100).Select(static i => $"text {i} at the end")],
                _ => [.. texts.Select((text, place) => place == i ? $"changed in {i}" : text)],
            };
            state.State = Sample.Value(texts);
            await (random.Next(12) == 0 ? Silo.Provider : Storage).WriteStateAsync("workflow", grain, state);
            if (random.Next(20) == 0)
                await Storage.ReadStateAsync("workflow", grain, state);
            else if (random.Next(40) == 0)
                await Storage.ClearStateAsync("workflow", grain, state);

            var expected = state.RecordExists ? texts : [];
            foreach (var storage in (IGrainStorage[])[Storage, Silo.Provider])
            {
                var read = new GrainState<WorkflowGrainState>();
                await storage.ReadStateAsync("workflow", grain, read);
                (read.ETag, read.RecordExists).ShouldBe((state.ETag, state.RecordExists));
                (read.State?.Texts() ?? []).ShouldBe(expected);
            }
        }
    }
}
