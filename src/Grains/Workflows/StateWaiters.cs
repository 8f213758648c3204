using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>
/// Callers that wait for a workflow to reach something. Not thread-safe: it lives on the grain's scheduler.
/// </summary>
internal sealed class StateWaiters(TimeProvider time)
{
    private const int MaxWaiters = 1024;

    private readonly List<(WaitCondition Condition, TaskCompletionSource Reached)> _waiters = [];

    /// <summary>Whether anybody waits.</summary>
    public bool Any => _waiters.Count > 0;

    /// <summary>Completes when the condition is met, the time is over, or the grain stops.</summary>
    /// <exception cref="WorkflowBusyException">Too many wait already.</exception>
    public async Task Wait(WaitCondition condition)
    {
        if (_waiters.Count >= MaxWaiters)
            throw new WorkflowBusyException($"{MaxWaiters} callers wait for this workflow already; ask again later.");

        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Add((condition, reached));

        // When the time is over the caller is answered with the state as it is, as if it had been reached.
        using (
            time.CreateTimer(
                static reached => ((TaskCompletionSource)reached!).TrySetResult(),
                reached,
                condition.AtMost,
                Timeout.InfiniteTimeSpan
            )
        )
            await reached.Task;

        _waiters.Remove((condition, reached));
    }

    /// <summary>
    /// Lets go of those whose condition a state meets. Needs no view of it, which is as large as the workflow.
    /// </summary>
    /// <param name="version">The version of the state.</param>
    /// <param name="phase">Its phase.</param>
    public void Release(long version, WorkflowPhase? phase)
    {
        foreach (var (condition, reached) in _waiters)
        {
            if (condition.IsMetBy(version, phase))
                reached.TrySetResult();
        }
    }

    /// <summary>Lets go of everybody: the grain stops, and they ask its next activation.</summary>
    public void ReleaseAll()
    {
        foreach (var (_, reached) in _waiters)
            reached.TrySetResult();
    }
}
