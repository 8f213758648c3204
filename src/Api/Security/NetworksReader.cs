using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Api.Security;

/// <summary>Reads networks: one text with commas between them, or a list.</summary>
internal static class NetworksReader
{
    /// <summary>Reads the networks under a key.</summary>
    public static ImmutableArray<IPNetwork> Read(SettingsReader reader, string key, string meaning)
    {
        const string Allowed = "addresses and networks such as `203.0.113.0/24`, with commas between them or as a list";
        var texts = reader.Text(key, meaning, Allowed) is { } text
            ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : reader.Children(key).Select(static child => child.Value?.Trim() ?? string.Empty);
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var network in texts)
        {
            if (Read(network) is { } parsed)
                networks.Add(parsed);
            else
                reader.Error(
                    $"{key} holds '{network}'; write an address such as 203.0.113.7, or a network such as "
                        + "203.0.113.0/24 or 2001:db8::/32."
                );
        }

        return networks.ToImmutable();
    }

    private static IPNetwork? Read(string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            if (address.IsIPv4MappedToIPv6)
                address = address.MapToIPv4();
            else if (!IsWhole(address, text))
                return null;

            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        return
            IPNetwork.TryParse(text, out var network)
            && !network.BaseAddress.IsIPv4MappedToIPv6
            && IsWhole(network.BaseAddress, text.AsSpan(0, text.IndexOf('/', StringComparison.Ordinal)))
            ? network
            : null;
    }

    /// <summary>
    /// Whether an IPv4 address is written with its four numbers: <c>203.0.113</c> parses too, as 203.0.0.113, and
    /// <c>010.0.0.1</c> as 8.0.0.1.
    /// </summary>
    private static bool IsWhole(IPAddress address, ReadOnlySpan<char> text) =>
        address.AddressFamily != AddressFamily.InterNetwork || text.SequenceEqual(address.ToString());

    /// <summary>Whether an address is in one of the networks.</summary>
    public static bool Holds(this ImmutableArray<IPNetwork> networks, IPAddress? address)
    {
        if (address is null)
            return false;

        // A socket for both families shows an IPv4 address in IPv6 notation.
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();

        foreach (var network in networks)
        {
            if (network.Contains(address))
                return true;
        }

        return false;
    }
}
