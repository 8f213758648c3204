using Orleans.Serialization;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Hosting;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Orleans.Workflow.Api;

/// <summary>
/// Calls grains with a deadline. Orleans never tries again by itself; every call here may be made again, because the
/// fold is idempotent and a receipt keeps its id. A call is also made again, without waiting for its end, when a
/// connection to a silo is lost while it is in flight: the silo may have died with it.
/// </summary>
public sealed class GrainCalls
{
    /// <summary>How long a request may take before it is answered 503.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private static readonly ResiliencePropertyKey<TimeSpan> Left = new("left");
    private static readonly TimeSpan MinRetry = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time;
    private readonly GatewayDisconnects _disconnects;
    private readonly GrainCallMetrics _metrics;
    private readonly ResiliencePipeline _again;

    /// <summary>Makes the policy.</summary>
    public GrainCalls(TimeProvider time, GatewayDisconnects disconnects, GrainCallMetrics metrics)
    {
        _time = time;
        _disconnects = disconnects;
        _metrics = metrics;
        _again = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(
                new TimeoutStrategyOptions
                {
                    TimeoutGenerator = static arguments => new(arguments.Context.Properties.GetValue(Left, Deadline)),
                }
            )
            .AddRetry(
                new RetryStrategyOptions
                {
                    ShouldHandle = new PredicateBuilder().Handle<Exception>(IsTransient),
                    MaxRetryAttempts = int.MaxValue,
                    BackoffType = DelayBackoffType.Exponential,
                    Delay = TimeSpan.FromMilliseconds(50),
                    MaxDelay = TimeSpan.FromSeconds(1),
                    UseJitter = true,
                }
            )
            .Build();
    }

    /// <summary>Calls until an answer comes.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="GrainsUnavailableException">No answer came in time, or the database takes no commits at the
    /// moment.</exception>
    /// <exception cref="WorkflowBusyException">Too much is waiting.</exception>
    public async ValueTask<T> Call<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        var start = _time.GetTimestamp();
        try
        {
            return await Attempt(call);
        }
        catch (WorkflowUnavailableException exception) when (exception.IsOutage)
        {
            throw new GrainsUnavailableException(exception.Message, exception);
        }
        catch (Exception exception) when (IsTransient(exception))
        {
            var left = Deadline - _time.GetElapsedTime(start);
            return await CallAgain(call, left > MinRetry ? left : MinRetry, cancellationToken);
        }
    }

    private Task<T> Attempt<T>(Func<Task<T>> call)
    {
        var lost = _disconnects.Next;
        return call().WaitAsync(lost);
    }

    private async ValueTask<T> CallAgain<T>(Func<Task<T>> call, TimeSpan left, CancellationToken cancellationToken)
    {
        var attempts = 1;
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Left, left);
        try
        {
            return await _again.ExecuteAsync(
                async inner =>
                {
                    _metrics.Retried();
                    attempts++;
                    return await Attempt(call).WaitAsync(inner.CancellationToken);
                },
                context
            );
        }
        catch (WorkflowUnavailableException exception) when (exception.IsOutage)
        {
            throw new GrainsUnavailableException(exception.Message, exception);
        }
        catch (Exception exception)
            when (exception is TimeoutRejectedException
                || (IsTransient(exception) && !cancellationToken.IsCancellationRequested)
            )
        {
            // An attempt that fails in the moment when the time is over is not made again: its failure comes as it is.
            throw new GrainsUnavailableException($"No answer after {attempts} attempts.", exception);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <remarks>
    /// A cancellation is never the caller's own, because it hands no token to the grain: a connection was lost, or
    /// Orleans answers so when a message expired on its way, as it does while the directory of a silo that died is
    /// taken over. A codec is missing only where Orleans itself gives up in a silo: by a time-out of Polly's, which it
    /// then cannot send.
    /// </remarks>
    private static bool IsTransient(Exception exception) =>
        exception
            is WorkflowUnavailableException { IsOutage: false }
                or TimeoutException
                or OrleansException
                or CodecNotFoundException
                or OperationCanceledException
                or IOException
                or System.Net.Sockets.SocketException
                or ObjectDisposedException;
}

/// <summary>The grains did not answer in time.</summary>
public sealed class GrainsUnavailableException : Exception
{
    /// <summary>Says that no answer came.</summary>
    public GrainsUnavailableException() { }

    /// <summary>Says what did not answer.</summary>
    public GrainsUnavailableException(string message)
        : base(message) { }

    /// <summary>Says what did not answer, with what caused it.</summary>
    public GrainsUnavailableException(string message, Exception innerException)
        : base(message, innerException) { }
}
