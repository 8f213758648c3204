using System.Net;
using System.Net.Sockets;
using Orleans.Workflow.Storage;

namespace Orleans.Workflow.Silo.Settings;

/// <summary>Where the grains live.</summary>
public enum ClusterMode
{
    /// <summary>In this process, beside the HTTP of the Api.</summary>
    Embedded,

    /// <summary>In silos of their own; the Api is their client.</summary>
    Clustered,
}

/// <summary>The Orleans cluster.</summary>
/// <param name="Mode">Where the grains live.</param>
/// <param name="ClusterId">Names the silos that form one cluster.</param>
/// <param name="ServiceId">Names the service whose states are stored; must never change.</param>
/// <param name="SiloPort">Where silos talk to this one.</param>
/// <param name="GatewayPort">Where clients talk to this silo.</param>
/// <param name="AdvertisedAddress">The address under which the others reach this silo; null: it is found out.</param>
/// <param name="ListenAddress">The address where this silo listens; null: the advertised one, and nowhere else.</param>
public sealed record ClusterSettings(
    ClusterMode Mode,
    string ClusterId,
    string ServiceId,
    int SiloPort,
    int GatewayPort,
    IPAddress? AdvertisedAddress,
    IPAddress? ListenAddress)
{
    /// <summary>The setting of <see cref="AdvertisedAddress"/>.</summary>
    internal const string AdvertisedAddressKey = "Cluster:AdvertisedAddress";

    /// <summary>The setting of <see cref="ListenAddress"/>.</summary>
    internal const string ListenAddressKey = "Cluster:ListenAddress";

    /// <summary>Reads the section <c>Cluster</c>.</summary>
    public static ClusterSettings Read(SettingsReader reader, StorageSettings storage, ClusterMode fallbackMode)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(storage);
        reader.OnlyKnown(
            "Cluster", "Mode", "ClusterId", "ServiceId", "SiloPort", "GatewayPort", "AdvertisedAddress", "ListenAddress");
        var settings = new ClusterSettings(
            reader.Word("Cluster:Mode", fallbackMode),
            reader.Text("Cluster:ClusterId") ?? "orleans-workflow",
            reader.Text("Cluster:ServiceId") ?? "orleans-workflow",
            reader.Number("Cluster:SiloPort", 11111, 1, 65535),
            reader.Number("Cluster:GatewayPort", 30000, 1, 65535),
            AdvertisedAddressOf(reader),
            ListenAddressOf(reader));
        if (settings.Mode == ClusterMode.Clustered && storage.Provider == StorageProvider.Sqlite)
            reader.Error("Cluster:Mode is Clustered and Storage:Provider is Sqlite; a SQLite file serves one process. Set Storage:Provider to Postgres, or Cluster:Mode to Embedded.");

        if (settings.SiloPort == settings.GatewayPort)
            reader.Error($"Cluster:SiloPort and Cluster:GatewayPort are both {settings.SiloPort}; a silo listens on two ports.");

        Bounded(reader, "Cluster:ClusterId", settings.ClusterId);
        Bounded(reader, "Cluster:ServiceId", settings.ServiceId);
        return settings;
    }

    private static void Bounded(SettingsReader reader, string key, string value)
    {
        if (value.Length > 150)
            reader.Error($"{key} has {value.Length} characters; 150 are the most.");
    }

    private static IPAddress? AdvertisedAddressOf(SettingsReader reader)
    {
        if (reader.Text(AdvertisedAddressKey) is not { } text)
            return null;

        var address = Resolve(text);
        if (address is null)
            reader.Error($"{AdvertisedAddressKey} is '{text}', which is neither an IP address nor a name that resolves to one; set it to the address under which the other silos and the Apis reach this silo.");
        else if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            reader.Error($"{AdvertisedAddressKey} is '{text}', which nobody can connect to; set it to the address under which the other silos and the Apis reach this silo, and {ListenAddressKey} to {text}.");

        return address;
    }

    private static IPAddress? ListenAddressOf(SettingsReader reader)
    {
        if (reader.Text(ListenAddressKey) is not { } text)
            return null;

        if (!IPAddress.TryParse(text, out var address))
            reader.Error($"{ListenAddressKey} is '{text}'; it must be an IP address of this machine, or 0.0.0.0 or :: for all of them.");
        else if (!SiloAddresses.IsOfThisMachine(address))
            reader.Error($"{ListenAddressKey} is '{text}', which is no address of this machine; set it to one of them, or to 0.0.0.0 or :: for all of them.");

        return address;
    }

    /// <summary>The address that others reach: a name may also have a loopback address, and addresses of both families.</summary>
    private static IPAddress? Resolve(string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return address;

        return SiloAddresses.OfHost(text)
            .OrderBy(static found => IPAddress.IsLoopback(found))
            .ThenBy(static found => found.AddressFamily != AddressFamily.InterNetwork)
            .FirstOrDefault();
    }
}
