using System.Reflection;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.FailingStorage;

public abstract partial class GrainsOverFailingStorage
{
    [Fact]
    public async Task A_silo_that_may_have_been_declared_dead_answers_no_call()
    {
        var id = Sample.Unique("fenced");
        await Receive(Silo, id, "running");
        Silo.Fence.IsOpen = false;

        foreach (var method in typeof(IWorkflowGrain).GetMethods())
            await Refuses(method, Silo.Workflow(id));

        foreach (var method in typeof(INodeTaskGrain).GetMethods())
            await Refuses(method, Silo.NodeTask(id, "n1"));

        Silo.Fence.IsOpen = true;
        (await Silo.Workflow(id).GetState())!.Version.ShouldBe(1);
        (await NodeStatus(Silo, id)).ShouldBe("running");

        async Task Refuses(MethodInfo method, IGrain grain)
        {
            var arguments = Array.ConvertAll(method.GetParameters(), parameter => Argument(parameter.ParameterType));
            await Should.ThrowAsync<WorkflowUnavailableException>(
                () => ((Task)method.Invoke(grain, arguments)!).InTime(), $"{method.DeclaringType!.Name}.{method.Name} must ask the fence");
        }

        object Argument(Type type) =>
            type == typeof(NotificationReceipt) ? Receipts.Of(id, "finished")
            : type == typeof(WaitCondition) ? new WaitCondition(2, null, TimeSpan.FromMilliseconds(1))
            : type == typeof(DateTimeOffset) ? DateTimeOffset.MaxValue
            : type == typeof(string) ? "n1"
            : throw new NotSupportedException($"Say here what to give for a {type}.");
    }
}
