using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>How HTTP is served.</summary>
/// <param name="TrustedProxies">The proxies whose word on the sender's address, scheme, host and prefix is
/// taken.</param>
/// <param name="PathBase">The path below which the service is reached; empty for the root.</param>
/// <param name="MaxInFlight">How many requests may be worked on at the same time; more is answered 429 at
/// once.</param>
/// <param name="MaxWaits">How many more may be held open: those that wait for a workflow, and live feeds.</param>
/// <param name="MaxConnections">How many connections may be open.</param>
/// <param name="HeaderTimeout">How long the headers of a request may take to arrive.</param>
/// <param name="Drain">How long requests are still taken after the process was asked to stop.</param>
internal sealed partial record HttpSettings(
    ImmutableArray<IPNetwork> TrustedProxies,
    PathString PathBase,
    int MaxInFlight,
    int MaxWaits,
    int MaxConnections,
    TimeSpan HeaderTimeout,
    TimeSpan Drain
)
{
    /// <summary>The switch of ASP.NET Core that takes the word of anybody.</summary>
    private const string TrustAnybody = "FORWARDEDHEADERS_ENABLED";

    private const string PathBaseKey = "Http:PathBase";

    /// <summary>
    /// The first segments of our own routes: a path base that begins like one of them would be ambiguous.
    /// </summary>
    private static readonly string[] Roots =
    [
        "webhooks",
        "workflows",
        "workflow-counts",
        "receipts",
        "events",
        "vocabulary",
        "admin",
        "console",
        "docs",
        "openapi",
        "health",
        "metrics",
    ];

    /// <summary>Reads the section <c>Http</c>.</summary>
    public static HttpSettings Read(SettingsReader reader)
    {
        if (reader.Switch(TrustAnybody, false, "`true` is refused: set `Http:TrustedProxies`."))
            reader.Error(
                $"{TrustAnybody} is true, with which anybody may say which address he sends from; remove it, and "
                    + "name your proxies in Http:TrustedProxies."
            );

        return new HttpSettings(
            NetworksReader.Read(
                reader,
                "Http:TrustedProxies",
                "The proxies whose `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix` are believed. See "
                    + "[proxies.md](operations/proxies.md)."
            ),
            ReadPathBase(reader),
            reader.Number(
                "Http:MaxInFlight",
                1024,
                1,
                1_000_000,
                "requests",
                "How many requests an Api works on at the same time. More is answered 429."
            ),
            reader.Number(
                "Http:MaxWaits",
                4096,
                1,
                1_000_000,
                "requests",
                "How many requests with `wait`, and live feeds, an Api holds open besides. More is answered 429."
            ),
            reader.Number(
                "Http:MaxConnections",
                10_000,
                1,
                1_000_000,
                "connections",
                "How many connections may be open. Each takes some 32 KiB."
            ),
            reader.Seconds("Http:HeaderSeconds", 10, 1, 600, "How long the headers of a request may take to arrive."),
            reader.Seconds(
                "Http:DrainSeconds",
                2,
                0,
                50,
                "How long an Api that was asked to stop still takes requests. Meanwhile it is not ready, what waits is "
                    + "answered, and feeds end."
            )
        );
    }

    /// <summary>Whether a text is a path that can stand before ours: it is written into pages.</summary>
    public static bool IsPathBase(string text) => text.Length <= 256 && Segments().IsMatch(text);

    private static PathString ReadPathBase(SettingsReader reader)
    {
        var text = reader.Text(
            PathBaseKey,
            "The path below which a proxy shows the Api, whether or not the proxy takes it off.",
            "a path such as `/notifications`"
        );
        if (text is null)
            return PathString.Empty;

        if (!IsPathBase(text))
            reader.Error(
                $"{PathBaseKey} is '{text}'; it must be a path such as /notifications, of letters, digits, '-', "
                    + "'_', '.' and '~', without a slash at the end."
            );
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
