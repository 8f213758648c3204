using System.Net;
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
/// <param name="AdvertisedAddress">The address under which the others reach this silo; it listens there and nowhere else.</param>
public sealed record ClusterSettings(
    ClusterMode Mode, string ClusterId, string ServiceId, int SiloPort, int GatewayPort, IPAddress AdvertisedAddress)
{
    /// <summary>Reads the section <c>Cluster</c>.</summary>
    public static ClusterSettings Read(SettingsReader reader, StorageSettings storage, ClusterMode fallbackMode)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(storage);
        reader.OnlyKnown("Cluster", "Mode", "ClusterId", "ServiceId", "SiloPort", "GatewayPort", "AdvertisedAddress");
        var settings = new ClusterSettings(
            reader.Word("Cluster:Mode", fallbackMode),
            reader.Text("Cluster:ClusterId") ?? "orleans-workflow",
            reader.Text("Cluster:ServiceId") ?? "orleans-workflow",
            reader.Number("Cluster:SiloPort", 11111, 1, 65535),
            reader.Number("Cluster:GatewayPort", 30000, 1, 65535),
            Address(reader));
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

    private static IPAddress Address(SettingsReader reader)
    {
        const string Key = "Cluster:AdvertisedAddress";
        if (reader.Text(Key) is not { } text)
            return IPAddress.Loopback;

        if (IPAddress.TryParse(text, out var address))
            return address;

        try
        {
            var addresses = Dns.GetHostAddresses(text);
            if (Array.Find(addresses, found => found.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork) is { } found)
                return found;
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Told below, with what to do.
        }

        reader.Error($"{Key} is '{text}', which is neither an IP address nor a name that resolves to one; set it to the address under which the other silos and the Apis reach this silo.");
        return IPAddress.Loopback;
    }
}
