using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains;

/// <summary>
/// What a grain does after a write has failed: nobody knows what the database holds, so it refuses everything, is deactivated,
/// and its next activation reads what is there. Orleans does so by itself only for version conflicts.
/// </summary>
/// <param name="context">The grain's context.</param>
/// <param name="metrics">Counts it.</param>
internal sealed class GrainFault(IGrainContext context, GrainMetrics metrics)
{
    private string? _message;

    /// <summary>Refuses to go on after a failed write.</summary>
    /// <exception cref="WorkflowUnavailableException">A write has failed.</exception>
    public void ThrowIfFaulted()
    {
        if (_message is { } message)
            throw new WorkflowUnavailableException(message);
    }

    /// <summary>Notes a failed write and asks for deactivation.</summary>
    /// <returns>What callers are told; without the cause, which may not be known to a client.</returns>
    public WorkflowUnavailableException Set(Exception cause)
    {
        if (_message is null)
            metrics.Faulted();

        _message ??= $"The state of {context.GrainId} could not be written ({cause.GetType().Name}); it is read again before anything else is done.";

        // Without the cause: with it, Orleans would answer calls that wait for the grain with that exception, which a client may not
        // know, instead of passing them on to the next activation.
        context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, $"A write failed ({cause.GetType().Name})."));
        return new WorkflowUnavailableException(_message);
    }
}
