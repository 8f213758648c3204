using Orleans.Configuration;

namespace Orleans.Workflow.Hosting;

/// <summary>
/// How fast the cluster finds out that a silo is gone. A silo that was killed closes its connections and is declared
/// dead after three missed probes; against one that is frozen, whose connections stand, no silo votes before it has
/// said nothing for three times <see cref="MaxProbe"/>. That is what protects a silo that is merely busy.
/// </summary>
internal static class FailureDetection
{
    private const int MissedProbes = 3;
    private static readonly TimeSpan MinProbe = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxProbe = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a silo may stand still before it doubts that it is still a member; see <see cref="MembershipFence"/>.
    /// Half of the time that three missed probes take at least.
    /// </summary>
    public static readonly TimeSpan MaxPause = MissedProbes * MinProbe / 2;

    /// <summary>
    /// How long a silo may serve without knowing that it is still a member; see <see cref="MembershipContact"/>. The
    /// time that three missed probes take at least; while connections stand, which a partition does not close, no silo
    /// votes for longer than that.
    /// </summary>
    public static readonly TimeSpan MaxTimeWithoutContact = MissedProbes * MinProbe;

    /// <summary>How long a silo waits until it asks again whether it is still a member.</summary>
    public static readonly TimeSpan ContactPeriod = MaxTimeWithoutContact / 6;

    /// <summary>
    /// After so long without an acknowledgement of TCP a silo closes a connection, and opens another one. Longer than
    /// <see cref="MaxTimeWithoutContact"/>: as long as it stands, a silo that is cut off is not voted against.
    /// </summary>
    public static readonly TimeSpan SilenceOfSilos = MaxTimeWithoutContact + MinProbe;

    /// <summary>The same of an Api, whose calls are made again then.</summary>
    public static readonly TimeSpan SilenceOfGateways = TimeSpan.FromSeconds(1.5);

    /// <summary>How often a silo renews its row in the membership table.</summary>
    private static readonly TimeSpan IAmAlivePeriod = TimeSpan.FromSeconds(2);

    private const int MissedRenewals = 15;

    /// <summary>
    /// When Orleans assumes that no silo renews a row, by the clocks of two machines. It also lowers the votes that are
    /// needed to declare a silo dead, so it is much longer than a few seconds.
    /// </summary>
    public static readonly TimeSpan RowIsOldAfter = MissedRenewals * IAmAlivePeriod;

    /// <summary>
    /// How long the row of a silo that does not answer must stay unchanged until one that starts declares it dead; see
    /// <see cref="MembershipInitializer"/>.
    /// </summary>
    public static readonly TimeSpan DefunctAfter = 2.5 * IAmAlivePeriod;

    /// <summary>How often an Api reads which silos take calls: one short query.</summary>
    public static readonly TimeSpan GatewayListRefreshPeriod = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a silo keeps answers for an Api that closed its connection. Until then it does not ask other silos
    /// where that Api is connected now.
    /// </summary>
    // By Orleans' default of a minute, an Api that comes back to one silo gets no answer of grains on another.
    public static readonly TimeSpan ClientDropTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Sets the options of a silo.</summary>
    public static void Configure(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = 2 * MinProbe;
        options.MinProbeTimeout = MinProbe;
        options.MaxProbeTimeout = MaxProbe;
        options.NumMissedProbesLimit = MissedProbes;
        options.NumVotesForDeathDeclaration = 2;
        options.EnableIndirectProbes = true;
        options.EnableConnectionLivenessCheck = true;

        // For silos that gossip does not reach, and to distinguish a row that no silo renews from that of a silo that
        // runs.
        options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        options.IAmAliveTablePublishTimeout = IAmAlivePeriod;
        options.NumMissedTableIAmAliveLimit = MissedRenewals;
    }
}
