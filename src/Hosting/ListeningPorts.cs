using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Storage;

namespace Orleans.Workflow.Hosting;

/// <summary>
/// Whether a host can listen where its settings say, before anything else happens: a silo that joins its cluster on the
/// port of a running one takes that one for an earlier life of its own and declares it dead.
/// </summary>
public static class ListeningPorts
{
    /// <summary>Binds each port for a moment; what can't be bound is in the reader.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="settings">Those of every host.</param>
    /// <param name="hasSilo">Whether there is a silo in the process.</param>
    public static void Check(SettingsReader reader, HostSettings settings, bool hasSilo)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(settings);

        // The addresses of a silo follow from settings that must be valid.
        var isValid = reader.Errors.Count == 0;
        var endpoints = reader.Children("Kestrel:Endpoints").Select(static endpoint => endpoint.Path + ":Url").ToList();
        foreach (var key in endpoints.Count > 0 ? endpoints : ["urls"])
            CheckUrls(reader, key);

        if (isValid && hasSilo && settings.Storage.Provider == StorageProvider.Postgres)
            CheckSilo(reader, settings);
    }

    private static void CheckSilo(SettingsReader reader, HostSettings settings)
    {
        var cluster = settings.Cluster;
        try
        {
            var address = SiloAddresses.Of(cluster, settings.Storage).Listen;
            Check(reader, "Cluster:SiloPort", $"{cluster.SiloPort}", address, cluster.SiloPort);
            Check(reader, "Cluster:GatewayPort", $"{cluster.GatewayPort}", address, cluster.GatewayPort);
        }
        catch (SettingsException exception)
        {
            foreach (var error in exception.Errors)
                reader.Error(error);
        }
    }

    private static void CheckUrls(SettingsReader reader, string key)
    {
        var urls = reader.Value(key) ?? string.Empty;
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            BindingAddress address;
            try
            {
                address = BindingAddress.Parse(url);
            }
            catch (FormatException)
            {
                reader.Error(
                    $"{key} is '{url}', which is no URL to listen on; use for example http://127.0.0.1:8080, "
                        + "or http://+:8080 for every address."
                );
                continue;
            }

            if (!address.IsUnixPipe && !address.IsNamedPipe)
                Check(reader, key, $"'{url}'", Address(address.Host), address.Port);
        }
    }

    /// <summary>
    /// As the web server understands a host: a name other than <c>localhost</c>, <c>+</c> and <c>*</c> are every
    /// address.
    /// </summary>
    private static IPAddress Address(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return IPAddress.Loopback;

        return IPAddress.TryParse(host, out var address) ? address : IPAddress.Any;
    }

    private static void Check(SettingsReader reader, string key, string value, IPAddress address, int port)
    {
        if (port is < 0 or > IPEndPoint.MaxPort)
        {
            reader.Error($"{key} is {value}; a port is a number from 1 to {IPEndPoint.MaxPort}.");
            return;
        }

        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
        }
        catch (SocketException exception)
        {
            reader.Error($"{key} is {value}: {Reason(exception, address, port)}");
        }
    }

    private static string Reason(SocketException exception, IPAddress address, int port)
    {
        var number = port.ToString(CultureInfo.InvariantCulture);
        return exception.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse =>
                $"port {number} is in use, maybe by another process of this product. Stop that process, or set "
                    + "another port.",
            SocketError.AccessDenied =>
                $"this user may not listen on port {number}. Set a port from 1024 on, or give it CAP_NET_BIND_SERVICE.",
            SocketError.AddressNotAvailable => $"{address} is no address of this machine.",
            _ => $"{address} port {number} can't be listened on: {exception.Message}.",
        };
    }
}
