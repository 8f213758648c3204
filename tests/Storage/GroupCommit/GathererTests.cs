using Orleans.Workflow.Grains.Interfaces.Persistence;
using Orleans.Workflow.Storage.GroupCommit;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.GroupCommit;

/// <summary>The loop that works on batches never ends before it is disposed of.</summary>
public sealed class GathererTests
{
    [Fact]
    public async Task A_batch_that_ends_with_an_exception_fails_alone_and_the_next_is_worked_on()
    {
        var batches = 0;
        await using var gatherer = new Gatherer<StateRead>(1, 256, batch =>
        {
            if (++batches == 1)
                throw new InvalidOperationException("A logger that throws.");

            foreach (var read in batch)
                read.Answer.TrySetResult(null);

            return Task.CompletedTask;
        });
        gatherer.Start("test");

        await Should.ThrowAsync<InvalidOperationException>(Read(gatherer, "first").InTime());
        (await Read(gatherer, "second").InTime()).ShouldBeNull();
    }

    private static Task<StoredRow?> Read(Gatherer<StateRead> gatherer, string workflowId)
    {
        var read = new StateRead(RowKey.OfWorkflow(workflowId));
        gatherer.Add(read);
        return read.Answer.Task;
    }
}
