namespace Orleans.Workflow.Hosting.Settings;

/// <summary>Settings that .NET's host and web server read themselves.</summary>
internal static class HostingSettings
{
    /// <summary>Where HTTP listens unless the configuration says otherwise.</summary>
    public const string Urls = "http://127.0.0.1:8080";

    /// <summary>The settings by name.</summary>
    public static readonly string[] Names =
    [
        "urls",
        "environment",
        "contentRoot",
        "applicationName",
        "webroot",
        "http_ports",
        "https_ports",
        "https_port",
        "preferHostingUrls",
        "AllowedHosts",
        "detailedErrors",
        "captureStartupErrors",
        "suppressStatusMessages",
        "preventHostingStartup",
        "hostingStartupAssemblies",
        "hostingStartupExcludeAssemblies",
        "shutdownTimeoutSeconds",
    ];

    /// <summary>How the names of others begin: the sections of .NET, and the variables of OpenTelemetry.</summary>
    public static readonly string[] Prefixes = ["Logging:", "Kestrel:", "OTEL_"];
}
