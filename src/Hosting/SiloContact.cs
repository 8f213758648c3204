using Orleans.Runtime.Services;
using Orleans.Workflow.Grains;

namespace Orleans.Workflow.Hosting;

/// <summary>Answers other silos.</summary>
internal sealed class SiloContact(
    GrainId id,
    Orleans.Runtime.Silo silo,
    ILoggerFactory loggers,
    IClusterMembershipService membership,
    SiloContactClient contacts,
    ILocalSiloDetails local,
    TimeProvider time
) : GrainService(id, silo, loggers), ISiloContact
{
    /// <inheritdoc/>
    public Task<bool> IsMember(SiloAddress silo) =>
        Task.FromResult(membership.CurrentSnapshot.GetSiloStatus(silo).IsMember());

    /// <inheritdoc/>
    public Task<bool> Reaches(SiloAddress silo) =>
        contacts.Of(silo).IsMember(local.SiloAddress).WaitAsync(TimeSpan.FromSeconds(1), time);

    /// <inheritdoc/>
    public Task<bool> DeclareDead(SiloAddress silo) => membership.TryKill(silo);
}

/// <summary>Asks other silos.</summary>
internal sealed class SiloContactClient(IServiceProvider services) : GrainServiceClient<ISiloContact>(services)
{
    /// <summary>The contact of a silo.</summary>
    public ISiloContact Of(SiloAddress silo) => GetGrainService(silo);
}

/// <summary>What a status in the membership table means.</summary>
internal static class MemberStatus
{
    /// <summary>Whether a silo of this status serves, also while it hands over its grains.</summary>
    public static bool IsMember(this SiloStatus status) =>
        status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;
}
