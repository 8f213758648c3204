using Orleans.Configuration;

namespace Orleans.Workflow.Silo.Hosting;

/// <summary>
/// How fast the cluster finds out that a silo is gone. A silo that was killed closes its connections and is declared dead after three
/// missed probes; against one that is frozen, whose connections stand, nobody votes before it has said nothing for three times
/// <see cref="LongestProbe"/>. That is what protects a silo that is merely busy.
/// </summary>
internal static class FailureDetection
{
    private const int MissedProbes = 3;
    private static readonly TimeSpan ShortestProbe = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a silo may stand still before it doubts that it is still a member; see <see cref="MembershipFence"/>. Half of the time
    /// that three missed probes take at least.
    /// </summary>
    public static readonly TimeSpan LongestPause = MissedProbes * ShortestProbe / 2;

    /// <summary>How often an Api reads which silos take calls: one short query.</summary>
    public static readonly TimeSpan GatewayListRefreshPeriod = TimeSpan.FromSeconds(2);

    /// <summary>Sets the options of a silo.</summary>
    public static void Configure(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = 2 * ShortestProbe;
        options.MinProbeTimeout = ShortestProbe;
        options.MaxProbeTimeout = LongestProbe;
        options.NumMissedProbesLimit = MissedProbes;
        options.NumVotesForDeathDeclaration = 2;
        options.EnableIndirectProbes = true;
        options.EnableConnectionLivenessCheck = true;

        // For those whom gossip does not reach, and to tell a row that nobody keeps up from one of a silo that runs.
        options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
    }
}
