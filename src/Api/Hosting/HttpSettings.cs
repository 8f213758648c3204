using System.Collections.Immutable;
using System.Net;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Silo.Settings;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>How HTTP is served.</summary>
/// <param name="TrustedProxies">The proxies whose word on the sender's address and scheme is taken.</param>
/// <param name="MostInFlight">How many requests may be worked on at the same time; more is answered 429 at once.</param>
/// <param name="MostWaits">How many more may be held open: those that wait for a workflow, and live feeds.</param>
/// <param name="MostConnections">How many connections may be open.</param>
/// <param name="LongestHeaders">How long the headers of a request may take to arrive.</param>
internal sealed record HttpSettings(
    ImmutableArray<IPNetwork> TrustedProxies, int MostInFlight, int MostWaits, int MostConnections, TimeSpan LongestHeaders)
{
    /// <summary>The switch of ASP.NET Core that takes the word of anybody.</summary>
    private const string TrustAnybody = "FORWARDEDHEADERS_ENABLED";

    /// <summary>Reads the section <c>Http</c>.</summary>
    public static HttpSettings Read(SettingsReader reader)
    {
        reader.OnlyKnown("Http", "TrustedProxies", "MostInFlight", "MostWaits", "MostConnections", "HeaderSeconds");
        if (reader.Switch(TrustAnybody, false))
            reader.Error($"{TrustAnybody} is true, with which anybody may say which address he sends from; remove it, and name your proxies in Http:TrustedProxies.");

        return new HttpSettings(
            NetworksReader.Read(reader, "Http:TrustedProxies"),
            reader.Number("Http:MostInFlight", 1024, 1, 1_000_000),
            reader.Number("Http:MostWaits", 4096, 1, 1_000_000),
            reader.Number("Http:MostConnections", 10_000, 1, 1_000_000),
            TimeSpan.FromSeconds(reader.Number("Http:HeaderSeconds", 10, 1, 600)));
    }
}
