using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Simulation.Tests.Runtime;
using Orleans.Workflow.Simulation.Tests.Scheduling;

namespace Orleans.Workflow.Simulation.Tests.Worlds;

/// <summary>
/// Calls grains as the Api does: again and again until a deadline, the same receipt with the number of the attempt.
/// (The Api's own retries run in a library that leaves the thread.)
/// </summary>
internal sealed class ApiModel(Cluster cluster)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    private SimulatedTime Time => cluster.Time;

    /// <summary>The grains as a client finds them.</summary>
    public WorkflowGrains Grains { get; } = new(new GrainFactory(new Caller(cluster, silo: null)));

    /// <summary>Calls until an answer comes.</summary>
    /// <exception cref="TimeoutException">None came in time: what HTTP answers with 503.</exception>
    public async Task<T> Call<T>(Func<Task<T>> call)
    {
        var start = Time.Elapsed;
        var pause = TimeSpan.FromMilliseconds(50);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var left = start + Deadline - Time.Elapsed;
                return attempt == 1 ? await call() : await call().WaitAsync(left, Time);
            }
            catch (Exception exception) when (IsTransient(exception) && Time.Elapsed + pause < start + Deadline)
            {
                await Time.Pause(pause / 2 + cluster.Faults.Random.Between(0, (int)pause.TotalMilliseconds));
                pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
            }
            catch (Exception exception) when (IsTransient(exception))
            {
                throw new TimeoutException($"No answer after {attempt} attempts.", exception);
            }

            if (Time.Elapsed >= start + Deadline)
                throw new TimeoutException($"No answer after {attempt} attempts.");
        }
    }

    private static bool IsTransient(Exception exception) =>
        exception
            is WorkflowUnavailableException
                or TimeoutException
                or OrleansException
                or OperationCanceledException
                or IOException;
}
