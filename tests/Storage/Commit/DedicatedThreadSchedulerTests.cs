using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Commit;

/// <summary>The thread of a worker.</summary>
public sealed class DedicatedThreadSchedulerTests
{
    [Fact]
    public async Task Continuations_run_on_its_thread_and_it_may_be_disposed_of_twice()
    {
        using var worker = new DedicatedThreadScheduler("worker");
        var threads = await Task
            .Factory.StartNew(
                static async () =>
                {
                    var before = Thread.CurrentThread;
                    await Task.Yield();
                    return (Before: before, After: Thread.CurrentThread);
                },
                TestContext.Current.CancellationToken,
                TaskCreationOptions.None,
                worker
            )
            .Unwrap()
            .InTime();

        threads.After.ShouldBe(threads.Before);
        threads.Before.Name.ShouldBe("worker");
        worker.Dispose();
        threads.Before.Join(Deadline.Timeout).ShouldBeTrue("the thread ends");
        worker.Dispose();
    }
}
