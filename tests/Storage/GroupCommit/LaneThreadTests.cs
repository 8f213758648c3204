using Orleans.Workflow.Storage.GroupCommit;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.GroupCommit;

/// <summary>The thread of a lane.</summary>
public sealed class LaneThreadTests
{
    [Fact]
    public async Task What_is_given_to_it_goes_on_there_and_it_may_be_disposed_of_again_when_it_has_ended()
    {
        using var lane = new LaneThread("lane");
        var threads = await Task.Factory.StartNew(
            static async () =>
            {
                var before = Thread.CurrentThread;
                await Task.Yield();
                return (Before: before, After: Thread.CurrentThread);
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.None, lane).Unwrap().InTime();

        threads.After.ShouldBe(threads.Before);
        threads.Before.Name.ShouldBe("lane");
        lane.Dispose();
        threads.Before.Join(Deadline.Patience).ShouldBeTrue("the thread ends");
        lane.Dispose();
    }
}
