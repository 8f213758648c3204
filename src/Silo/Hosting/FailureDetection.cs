using Orleans.Configuration;

namespace Orleans.Workflow.Silo.Hosting;

/// <summary>
/// How fast the cluster finds out that a silo is gone. A silo that was killed closes its connections and is declared dead after three
/// missed probes; one that is frozen or cut off keeps them, and is given <see cref="LongestProbe"/> times as many without a word before
/// anybody may vote against it. That is what protects a silo that is merely busy.
/// </summary>
internal static class FailureDetection
{
    /// <summary>The longest that a silo which is not frozen may go without a beat before it doubts its own membership; see <see cref="MembershipFence"/>.</summary>
    /// <remarks>Two probes and an indirect one of <see cref="ShortestProbe"/> each must be missed before anybody can be declared dead.</remarks>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1.5);

    /// <summary>How often an Api reads which silos take calls: one short query.</summary>
    public static readonly TimeSpan GatewayListRefreshPeriod = TimeSpan.FromSeconds(2);

    private const int MissedProbes = 3;
    private static readonly TimeSpan ShortestProbe = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(3);

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
