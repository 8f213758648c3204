using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Silo.Hosting;

/// <summary>Refuses calls to grains while the fence is closed; their callers ask again, and reach whoever has taken over.</summary>
internal sealed class MembershipFenceFilter(MembershipFence fence) : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public Task Invoke(IIncomingGrainCallContext context)
    {
        // Membership itself is kept by system targets, which are no grains.
        if (!fence.IsOpen && context.Grain is Grain)
            throw new WorkflowUnavailableException("The silo stood still and has not confirmed yet that it is still a member of its cluster; ask again.");

        return context.Invoke();
    }
}
