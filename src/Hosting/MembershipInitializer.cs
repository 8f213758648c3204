using System.Net;
using System.Net.Sockets;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Hosting;

/// <summary>Looks at the membership table before a silo joins.</summary>
internal static class MembershipInitializer
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Refuses an address under which the silos in the table cannot reach this one, and declares those dead that are
    /// gone. Without the latter a start after everything went down would wait until their rows are so old that Orleans
    /// gives them up.
    /// </summary>
    /// <exception cref="SettingsException">
    /// The silo would advertise a loopback address beside silos of other machines.
    /// </exception>
    public static async Task PrepareMembership(this IHost host)
    {
        if (host.Services.GetService<SiloAddresses>() is not { Advertised: var advertised })
            return;

        var table = host.Services.GetRequiredService<IMembershipTable>();
        var time = host.Services.GetRequiredService<TimeProvider>();
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, CancellationToken.None);
        var own = new IPEndPoint(advertised, host.Services.GetRequiredService<HostSettings>().Cluster.SiloPort);
        var before = await Members(table, own);
        var watched = time.GetTimestamp();
        var silent = await Silent(before, time);
        while (silent.Count > 0 && time.GetElapsedTime(watched) < FailureDetection.DefunctAfter)
        {
            await Task.Delay(FailureDetection.ContactPeriod, time);
            silent.IntersectWith(Unchanged(before, await Members(table, own)));
        }

        silent.IntersectWith(await Silent(await Members(table, own), time));
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Orleans.Workflow.Membership");
        foreach (var gone in silent)
            await DeclareDead(table, gone, own, logger);

        ThrowIfUnreachable(await Members(table, own), advertised);
    }

    /// <summary>Those that run, by their rows. Orleans itself sees to a row with this silo's own endpoint.</summary>
    private static async Task<List<MembershipEntry>> Members(IMembershipTable table, IPEndPoint own) =>
        [
            .. (await table.ReadAllAsync(CancellationToken.None))
                .Members.Select(static member => member.Item1)
                .Where(entry => entry.Status.IsMember() && !entry.SiloAddress.Endpoint.Equals(own)),
        ];

    private static IEnumerable<SiloAddress> Unchanged(List<MembershipEntry> before, List<MembershipEntry> now) =>
        from entry in now
        join earlier in before on entry.SiloAddress equals earlier.SiloAddress
        where entry.IAmAliveTime == earlier.IAmAliveTime && entry.Status == earlier.Status
        select entry.SiloAddress;

    /// <summary>Those that take no connection. A process that only stands still takes one.</summary>
    private static async Task<HashSet<SiloAddress>> Silent(List<MembershipEntry> members, TimeProvider time)
    {
        var silos = members.ConvertAll(static member => member.SiloAddress);
        var answers = await Task.WhenAll(silos.Select(Answers));
        return [.. silos.Where((_, i) => !answers[i])];

        async Task<bool> Answers(SiloAddress silo)
        {
            using var socket = new Socket(silo.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            using var timeout = new CancellationTokenSource(ConnectTimeout, time);
            try
            {
                await socket.ConnectAsync(silo.Endpoint, timeout.Token);
                return true;
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                return false;
            }
        }
    }

    private static async Task DeclareDead(IMembershipTable table, SiloAddress gone, IPEndPoint own, ILogger logger)
    {
        // Several that start at the same time do the same; one of them wins.
        while (true)
        {
            var data = await table.ReadAllAsync(CancellationToken.None);
            var row = data.Members.FirstOrDefault(member => member.Item1.SiloAddress.Equals(gone));
            if (row is not var (entry, tag) || !entry.Status.IsMember())
                return;

            entry.Status = SiloStatus.Dead;
            if (await table.UpdateRowAsync(entry, tag, data.Version.Next(), CancellationToken.None))
            {
                Log.DeclaredDead(logger, gone, FailureDetection.DefunctAfter.TotalSeconds);
                return;
            }
        }
    }

    private static void ThrowIfUnreachable(List<MembershipEntry> members, IPAddress advertised)
    {
        if (!IPAddress.IsLoopback(advertised))
            return;

        if (members.Find(IsElsewhere) is { } elsewhere)
        {
            throw new SettingsException(
                $"{ClusterSettings.AdvertisedAddressKey} is '{advertised}', which the silo "
                    + $"{elsewhere.SiloAddress.Endpoint} of the machine {elsewhere.HostName} cannot reach; "
                    + "set it to the address under which the other silos and the Apis reach this silo."
            );
        }

        static bool IsElsewhere(MembershipEntry member)
        {
            var address = member.SiloAddress.Endpoint.Address;
            return IPAddress.IsLoopback(address)
                ? member.HostName != Dns.GetHostName()
                : !SiloAddresses.IsOfThisMachine(address);
        }
    }
}
