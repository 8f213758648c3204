using System.Net;
using System.Net.Sockets;
using Orleans.Workflow.Storage;

namespace Orleans.Workflow.Hosting.Settings;

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
    IPAddress? ListenAddress
)
{
    /// <summary>The setting of <see cref="AdvertisedAddress"/>.</summary>
    internal const string AdvertisedAddressKey = "Cluster:AdvertisedAddress";

    /// <summary>The setting of <see cref="ListenAddress"/>.</summary>
    internal const string ListenAddressKey = "Cluster:ListenAddress";

    /// <summary>How many silos the cluster should have; 0 if that is not said.</summary>
    public int ExpectedSilos { get; init; }

    /// <summary>Reads the section <c>Cluster</c>.</summary>
    public static ClusterSettings Read(SettingsReader reader, StorageSettings storage, ClusterMode fallbackMode)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(storage);
        var settings = new ClusterSettings(
            reader.Word(
                "Cluster:Mode",
                fallbackMode,
                "`Embedded`: the Api hosts the grains itself. `Clustered`: the Api is a client of silos; this needs "
                    + "PostgreSQL, and is the default of a silo."
            ),
            Id(reader, "Cluster:ClusterId", "Names the cluster: all its silos and Apis have the same."),
            Id(reader, "Cluster:ServiceId", "Names the service in the stored states. Never change it."),
            reader.Number("Cluster:SiloPort", 11111, 1, 65535, "", "The port of a silo on PostgreSQL for other silos."),
            reader.Number("Cluster:GatewayPort", 30000, 1, 65535, "", "The port of a silo on PostgreSQL for Apis."),
            AdvertisedAddressOf(reader),
            ListenAddressOf(reader)
        )
        {
            ExpectedSilos = reader.Number(
                "Cluster:ExpectedSilos",
                0,
                0,
                1000,
                "silos",
                "How many silos the cluster should have, for the alert on missing ones; 0 if it varies: then the most "
                    + "of the last hour is expected. Set it for the silos."
            ),
        };
        if (settings.Mode == ClusterMode.Clustered && storage.Provider == StorageProvider.Sqlite)
            reader.Error(
                "Cluster:Mode is Clustered and Storage:Provider is Sqlite; a SQLite file serves one process. Set "
                    + "Storage:Provider to Postgres, or Cluster:Mode to Embedded."
            );

        if (settings.SiloPort == settings.GatewayPort)
            reader.Error(
                $"Cluster:SiloPort and Cluster:GatewayPort are both {settings.SiloPort}; a silo listens on two ports."
            );

        return settings;
    }

    private static string Id(SettingsReader reader, string key, string meaning)
    {
        var value = reader.Text(key, meaning, "up to 150 characters", "orleans-workflow");
        if (value.Length > 150)
            reader.Error($"{key} has {value.Length} characters; 150 are the most.");

        return value;
    }

    private static IPAddress? AdvertisedAddressOf(SettingsReader reader)
    {
        var text = reader.Text(
            AdvertisedAddressKey,
            "Where other silos and the Apis reach a silo on PostgreSQL. Without it: the local address of the way to "
                + "the database. A loopback address is refused if the database is on another machine.",
            "an IP address, or a name that resolves to one"
        );
        if (text is null)
            return null;

        var address = Resolve(text);
        if (address is null)
            reader.Error(
                $"{AdvertisedAddressKey} is '{text}', which is neither an IP address nor a name that resolves to "
                    + "one; set it to the address under which the other silos and the Apis reach this silo."
            );
        else if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            reader.Error(
                $"{AdvertisedAddressKey} is '{text}', which nobody can connect to; set it to the address under "
                    + $"which the other silos and the Apis reach this silo, and {ListenAddressKey} to {text}."
            );

        return address;
    }

    private static IPAddress? ListenAddressOf(SettingsReader reader)
    {
        var text = reader.Text(
            ListenAddressKey,
            "Where a silo on PostgreSQL listens. Without it: the advertised address. Set it if that address is "
                + "translated on the way.",
            "an IP address of this machine; `0.0.0.0` or `::` for all"
        );
        if (text is null)
            return null;

        if (!IPAddress.TryParse(text, out var address))
            reader.Error(
                $"{ListenAddressKey} is '{text}'; it must be an IP address of this machine, or 0.0.0.0 or :: for "
                    + "all of them."
            );
        else if (!SiloAddresses.IsOfThisMachine(address))
            reader.Error(
                $"{ListenAddressKey} is '{text}', which is no address of this machine; set it to one of them, or "
                    + "to 0.0.0.0 or :: for all of them."
            );

        return address;
    }

    /// <summary>
    /// The address that others reach: a name may also have a loopback address, and addresses of both families.
    /// </summary>
    private static IPAddress? Resolve(string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return address;

        return SiloAddresses
            .OfHost(text)
            .OrderBy(static found => IPAddress.IsLoopback(found))
            .ThenBy(static found => found.AddressFamily != AddressFamily.InterNetwork)
            .FirstOrDefault();
    }
}
