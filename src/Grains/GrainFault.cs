using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains;

/// <summary>
/// What a grain does when it does not know what the database holds, as after a write that failed: it refuses
/// everything, is deactivated, and its next activation finds out what is there. Orleans does so by itself only for
/// version conflicts.
/// </summary>
/// <param name="context">The grain's context.</param>
/// <param name="metrics">Counts it.</param>
internal sealed class GrainFault(IGrainContext context, GrainMetrics metrics)
{
    private string? _message;
    private bool _isOutage;

    /// <summary>Throws after a fault.</summary>
    /// <exception cref="WorkflowUnavailableException">There was one.</exception>
    public void ThrowIfFaulted()
    {
        if (_message is { } message)
            throw new WorkflowUnavailableException(message) { IsOutage = _isOutage };
    }

    /// <summary>Notes that the grain does not know what is stored, and asks for deactivation.</summary>
    /// <param name="what">What is the matter with its state; without the cause, which may not be known to a
    /// client.</param>
    /// <param name="isOutage">Whether the database takes no commits at the moment.</param>
    /// <returns>The exception for callers.</returns>
    public WorkflowUnavailableException Set(string what, bool isOutage = false)
    {
        _isOutage = isOutage;
        if (_message is null)
            metrics.Faulted();

        _message ??= $"The state of {context.GrainId} {what}; it is read again before anything else is done.";

        // Without the cause: with it, Orleans would answer calls that wait for the grain with that exception, which a
        // client may not know, instead of passing them on to the next activation.
        context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, $"Its state {what}."));
        return new WorkflowUnavailableException(_message) { IsOutage = isOutage };
    }
}
