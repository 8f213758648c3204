using Orleans.CodeGeneration;
using Orleans.Serialization.Invocation;

namespace Orleans.Workflow.Simulation.Tests.Runtime;

/// <summary>
/// Makes calls of what goes through a reference: sends them, and waits for the answer as long as the method may take.
/// </summary>
/// <param name="cluster">Where the grains are.</param>
/// <param name="silo">The silo that asks; null if it is a client.</param>
internal sealed class Caller(Cluster cluster, Silo? silo) : IGrainReferenceRuntime
{
    // As the product's host configures it.
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(5);

    public async ValueTask<T?> InvokeMethodAsync<T>(
        GrainReference reference,
        IInvokable request,
        InvokeMethodOptions options
    ) => (T?)await Call(reference.GrainId, request);

    public async ValueTask InvokeMethodAsync(
        GrainReference reference,
        IInvokable request,
        InvokeMethodOptions options
    ) => await Call(reference.GrainId, request);

    public void InvokeMethod(GrainReference reference, IInvokable request, InvokeMethodOptions options) =>
        throw new NotSupportedException();

    public object Cast(IAddressable grain, Type interfaceType) => grain;

    private Task<object?> Call(GrainId target, IInvokable request)
    {
        var answer = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var responseTimeout = request.GetDefaultResponseTimeout() ?? ResponseTimeout;
        var timeout = cluster.Time.After(responseTimeout, () =>
            answer.TrySetException(new TimeoutException($"No answer to {request.GetMethodName()}."))
        );
        cluster.Network.Send(
            new Message(target, request, silo, cluster.Time.Elapsed + responseTimeout, (result, exception) =>
            {
                timeout.Dispose();
                if (exception is null)
                    answer.TrySetResult(result);
                else
                    answer.TrySetException(exception);
            })
        );
        return answer.Task;
    }
}
