using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains;

/// <summary>
/// Keeps a silo that may have been declared dead from serving. Grains ask it at the beginning of each call: a filter of
/// calls would cost every call several times as much.
/// </summary>
public interface IMembershipFence
{
    /// <summary>Whether this silo may serve.</summary>
    bool IsOpen { get; }

    /// <summary>
    /// Refuses to serve while the fence is closed; callers ask again, and reach the silo that has taken over.
    /// </summary>
    /// <exception cref="WorkflowUnavailableException">It is closed.</exception>
    void ThrowIfClosed()
    {
        if (!IsOpen)
            throw new WorkflowUnavailableException(
                "The silo does not know whether it is still a member of its cluster; ask again."
            );
    }
}

/// <summary>The fence of a silo that is alone: nobody can take over from it.</summary>
public sealed class NoFence : IMembershipFence
{
    /// <inheritdoc/>
    public bool IsOpen => true;
}
