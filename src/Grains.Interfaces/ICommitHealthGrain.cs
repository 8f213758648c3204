using Orleans.Concurrency;

namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>
/// Says whether the commits of the silo that answers go through. The key only chooses the way to a silo.
/// </summary>
[Alias("orleans.workflow.ICommitHealthGrain")]
public interface ICommitHealthGrain : IGrainWithIntegerKey
{
    /// <summary>Why commits fail, without secrets; null while they go through.</summary>
    [AlwaysInterleave]
    [ResponseTimeout("00:00:02")]
    [Alias("WhyFailing")]
    Task<string?> WhyFailing();
}
