using Orleans.Services;

namespace Orleans.Workflow.Grains;

/// <summary>How a silo asks another one whether the two still reach each other. Every silo has one.</summary>
[Alias("owf.ISiloContact")]
public interface ISiloContact : IGrainService
{
    /// <summary>Whether a silo is a member of the cluster, as far as this one knows.</summary>
    [Alias("IsMember")]
    Task<bool> IsMember(SiloAddress silo);
}
