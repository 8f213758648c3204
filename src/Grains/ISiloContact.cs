using Orleans.Services;

namespace Orleans.Workflow.Grains;

/// <summary>How a silo asks another one whether the two still reach each other. Every silo has one.</summary>
[Alias("owf.ISiloContact")]
public interface ISiloContact : IGrainService
{
    /// <summary>Whether a silo is a member of the cluster, as far as this one knows.</summary>
    [Alias("IsMember")]
    Task<bool> IsMember(SiloAddress silo);

    /// <summary>Whether another silo answers this one.</summary>
    [Alias("Reaches")]
    Task<bool> Reaches(SiloAddress silo);

    /// <summary>Declares a silo dead that asks for it; true once that is queued.</summary>
    [Alias("DeclareDead")]
    Task<bool> DeclareDead(SiloAddress silo);
}
