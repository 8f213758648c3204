using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Commit;

/// <summary>The loop that works on batches never ends before it is disposed of.</summary>
public sealed class BatchingQueueTests
{
    [Fact]
    public async Task A_batch_that_ends_with_an_exception_fails_alone_and_the_next_is_worked_on()
    {
        var batches = 0;
        await using var gatherer = new BatchingQueue<StateRead>(1, 256, batch =>
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

    [Fact]
    public async Task A_batch_is_bounded_in_bytes_and_a_larger_write_goes_alone_in_its_turn()
    {
        const int Half = (int)(Batch<StateWrite>.MaxBytes / 2) - 1024;
        const int Large = (int)Batch<StateWrite>.MaxBytes + 1;
        (string Id, int Bytes)[] waiting =
        [
            ("large1", Large),
            ("large2", Large),
            ("small1", 1),
            ("half1", Half),
            ("half2", Half),
            ("half3", Half),
            ("small2", 1),
            ("small3", 1),
            ("large3", Large),
        ];

        var batches = await Batches(waiting.Select(static request => Write(request.Id, request.Bytes)));

        // What is set aside is worked on in its order, one batch after each batch of the others.
        batches.ShouldBe(["small1 half1 half2 small2 small3", "large1", "large2", "half3", "large3"]);
    }

    [Fact]
    public async Task A_batch_holds_no_more_than_each_of_its_requests_allows()
    {
        var waiting = Enumerable.Range(1, 7).Select(static i => Write($"w{i}", 1)).ToList();
        foreach (var (i, most) in ((int, int)[])[(0, 3), (2, 3), (3, 3), (5, 3), (6, 1)])
            waiting[i].MaxBatch = most;

        (await Batches(waiting)).ShouldBe(["w2 w5", "w1 w3 w4", "w6", "w7"]);
    }

    /// <summary>The batches of requests that are all waiting when the worker is free.</summary>
    private static async Task<List<string>> Batches(IEnumerable<StateWrite> waiting)
    {
        var (opened, free) = (new TaskCompletionSource(), new TaskCompletionSource());
        var batches = new List<string>();
        await using (var gatherer = new BatchingQueue<StateWrite>(1, 256, async batch =>
            {
                opened.TrySetResult();
                await free.Task;
                batches.Add(string.Join(' ', batch.Select(static write => write.Commit.Workflow.WorkflowId)));
            }))
        {
            gatherer.Start("test");
            gatherer.Add(Write("opener", 1));
            await opened.Task.InTime();
            foreach (var write in waiting)
                gatherer.Add(write);

            free.SetResult();
        }

        return batches[1..];
    }

    private static StateWrite Write(string workflowId, int bytes)
    {
        var commit = Sample.Commit(workflowId);
        return new StateWrite(commit with { State = new byte[bytes] });
    }

    private static Task<StoredRow?> Read(BatchingQueue<StateRead> gatherer, string workflowId)
    {
        var read = new StateRead(RowKey.OfWorkflow(workflowId));
        gatherer.Add(read);
        return read.Answer.Task;
    }
}
