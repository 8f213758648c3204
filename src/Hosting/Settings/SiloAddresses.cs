using System.Net;
using System.Net.Sockets;
using Npgsql;
using Orleans.Workflow.Storage;

namespace Orleans.Workflow.Hosting.Settings;

/// <summary>Where a silo on PostgreSQL is reached, and where it listens.</summary>
/// <param name="Advertised">The address in the membership table.</param>
/// <param name="Listen">The address of the sockets.</param>
internal sealed record SiloAddresses(IPAddress Advertised, IPAddress Listen)
{
    /// <summary>Finds the addresses, and refuses those that cannot work.</summary>
    /// <exception cref="SettingsException">The other silos cannot reach this one, or it cannot listen.</exception>
    public static SiloAddresses Of(ClusterSettings cluster, StorageSettings storage)
    {
        var databaseHosts = DatabaseHosts(storage.ConnectionString);
        var advertised = cluster.AdvertisedAddress ?? TowardsDatabase(databaseHosts);

        // Two hosts that both advertise 127.0.0.1 take each other for the same silo, and end each other again and
        // again.
        if (IPAddress.IsLoopback(advertised) && databaseHosts.Find(static host => !host.IsHere) is { } elsewhere)
        {
            throw new SettingsException(
                $"{ClusterSettings.AdvertisedAddressKey} is '{advertised}', which silos on other machines cannot "
                    + "reach, "
                    + $"and the database is on another machine ({elsewhere.Name}); set it to the address under "
                    + "which the "
                    + "other silos and the Apis reach this silo, or leave it out."
            );
        }

        if (cluster.ListenAddress is null && !IsOfThisMachine(advertised))
        {
            throw new SettingsException(
                $"{ClusterSettings.AdvertisedAddressKey} is '{advertised}', which is no address of this machine; "
                    + $"if it is translated to one of them on the way, set {ClusterSettings.ListenAddressKey} to that, "
                    + "or to 0.0.0.0 for all of them."
            );
        }

        return new SiloAddresses(advertised, cluster.ListenAddress ?? advertised);
    }

    /// <summary>Whether a socket of this machine can listen there.</summary>
    public static bool IsOfThisMachine(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The addresses of a name; none if it has none.</summary>
    public static IPAddress[] OfHost(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private static List<DatabaseHost> DatabaseHosts(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return
        [
            .. (settings.Host ?? "localhost").Split(',').Select(host => DatabaseHost.Of(host.Trim(), settings.Port)),
        ];
    }

    /// <summary>
    /// The local address of the packets to the database: the other silos use the same database, so they find it too.
    /// </summary>
    private static IPAddress TowardsDatabase(List<DatabaseHost> hosts)
    {
        if (hosts.TrueForAll(static host => host.Addresses.Length > 0 && host.Addresses.All(IPAddress.IsLoopback)))
            return IPAddress.Loopback;

        foreach (
            var (host, address) in hosts.SelectMany(static host => host.Addresses.Select(address => (host, address)))
        )
        {
            try
            {
                // Nothing is sent: a UDP socket only chooses the address from which it would send.
                using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                socket.Connect(address, host.Port);
                return ((IPEndPoint)socket.LocalEndPoint!).Address;
            }
            catch (SocketException)
            {
                // No way leads there; perhaps to the next.
            }
        }

        throw new SettingsException(
            $"{ClusterSettings.AdvertisedAddressKey} is not set, and no address of this machine leads to the database "
                + $"({string.Join(", ", hosts.Select(static host => host.Name))}); set it to the address under which "
                + "the other silos and the Apis reach this silo, or check ConnectionStrings:Workflows."
        );
    }

    /// <summary>A host of the connection string. Of one that has no address it is not known where it is.</summary>
    private sealed record DatabaseHost(string Name, int Port, IPAddress[] Addresses, bool IsHere)
    {
        public static DatabaseHost Of(string text, int defaultPort)
        {
            // A directory, or an abstract name: a Unix socket.
            if (text is ['/' or '@', ..])
                return new DatabaseHost(text, defaultPort, [IPAddress.Loopback], IsHere: true);

            var (name, port) = (text, defaultPort);
            var colon = text.LastIndexOf(':');
            if (colon > 0 && !IPAddress.TryParse(text, out _) && int.TryParse(text[(colon + 1)..], out var given))
                (name, port) = (text[..colon], given);

            var addresses = IPAddress.TryParse(name, out var address) ? [address] : OfHost(name);
            return new DatabaseHost(name, port, addresses, addresses.All(IsOfThisMachine));
        }
    }
}
