using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Silo.Settings;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>How HTTP is served.</summary>
/// <param name="TrustedProxies">The proxies whose word on the sender's address, scheme, host and prefix is taken.</param>
/// <param name="PathBase">The path below which the service is reached; empty for the root.</param>
/// <param name="MostInFlight">How many requests may be worked on at the same time; more is answered 429 at once.</param>
/// <param name="MostWaits">How many more may be held open: those that wait for a workflow, and live feeds.</param>
/// <param name="MostConnections">How many connections may be open.</param>
/// <param name="LongestHeaders">How long the headers of a request may take to arrive.</param>
/// <param name="Drain">How long requests are still taken after the process was asked to stop.</param>
internal sealed partial record HttpSettings(
    ImmutableArray<IPNetwork> TrustedProxies,
    PathString PathBase,
    int MostInFlight,
    int MostWaits,
    int MostConnections,
    TimeSpan LongestHeaders,
    TimeSpan Drain)
{
    /// <summary>The switch of ASP.NET Core that takes the word of anybody.</summary>
    private const string TrustAnybody = "FORWARDEDHEADERS_ENABLED";

    private const string PathBaseKey = "Http:PathBase";

    /// <summary>The first segments of our own routes: a path base that begins like one of them would be ambiguous.</summary>
    private static readonly string[] Roots =
        ["webhooks", "workflows", "workflow-counts", "receipts", "events", "vocabulary", "admin", "console", "docs", "openapi", "health", "metrics"];

    /// <summary>Reads the section <c>Http</c>.</summary>
    public static HttpSettings Read(SettingsReader reader)
    {
        reader.OnlyKnown("Http", "TrustedProxies", "PathBase", "MostInFlight", "MostWaits", "MostConnections", "HeaderSeconds", "DrainSeconds");
        if (reader.Switch(TrustAnybody, false))
            reader.Error($"{TrustAnybody} is true, with which anybody may say which address he sends from; remove it, and name your proxies in Http:TrustedProxies.");

        return new HttpSettings(
            NetworksReader.Read(reader, "Http:TrustedProxies"),
            ReadPathBase(reader),
            reader.Number("Http:MostInFlight", 1024, 1, 1_000_000),
            reader.Number("Http:MostWaits", 4096, 1, 1_000_000),
            reader.Number("Http:MostConnections", 10_000, 1, 1_000_000),
            TimeSpan.FromSeconds(reader.Number("Http:HeaderSeconds", 10, 1, 600)),
            TimeSpan.FromSeconds(reader.Number("Http:DrainSeconds", 2, 0, 50)));
    }

    /// <summary>Whether a text is a path that can stand before ours: it is written into pages.</summary>
    public static bool IsPathBase(string text) => text.Length <= 256 && Segments().IsMatch(text);

    private static PathString ReadPathBase(SettingsReader reader)
    {
        if (reader.Text(PathBaseKey) is not { } text)
            return PathString.Empty;

        if (!IsPathBase(text))
            reader.Error($"{PathBaseKey} is '{text}'; it must be a path such as /notifications, of letters, digits, '-', '_', '.' and '~', without a slash at the end.");
        else if (Roots.Contains(text.Split('/')[1], StringComparer.OrdinalIgnoreCase))
            reader.Error($"{PathBaseKey} is '{text}', which begins like a route of the service; choose another one.");
        else
            return new PathString(text);

        return PathString.Empty;
    }

    // No segment of dots alone.
    [GeneratedRegex("^(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)+$")]
    private static partial Regex Segments();
}
