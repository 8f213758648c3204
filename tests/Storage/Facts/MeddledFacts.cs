using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Storage.Tests.Facts;

/// <summary>
/// The product's own storage of facts, with a test at the switch: a read of counts can be held, and a commit can go
/// through without its answer.
/// </summary>
internal sealed class MeddledFacts(IFactStorage inner) : IFactStorage
{
    private readonly TaskCompletionSource _isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the counts were read, which are held from then on until they are released.</summary>
    public Task IsRead => _isRead.Task;

    /// <summary>Whether commits go through without an answer.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Puts it around the storage that the product registered.</summary>
    public static void Decorate(IServiceCollection services)
    {
        var registered = services.Single(service => service.ServiceType == typeof(IFactStorage));
        services.Remove(registered);
        services.AddSingleton<IFactStorage>(provider => new MeddledFacts(
            (IFactStorage)registered.ImplementationFactory!(provider)
        ));
    }

    /// <summary>Lets the counts go that are held.</summary>
    public void Release() => _release.TrySetResult();

    public async Task<CommittedFacts> Commit(FactCommit commit)
    {
        var committed = await inner.Commit(commit);
        return LosesAnswers ? throw new WorkflowUnavailableException() : committed;
    }

    public Task Recount(string workflowId, CancellationToken cancellationToken) =>
        inner.Recount(workflowId, cancellationToken);

    public async Task<ImmutableArray<FactCount>> ReadCounts(string workflowId, string nodeTaskId)
    {
        var counts = await inner.ReadCounts(workflowId, nodeTaskId);
        _isRead.TrySetResult();
        await _release.Task;
        return counts;
    }
}
