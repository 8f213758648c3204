using System.Diagnostics.CodeAnalysis;
using OpenTelemetry.Exporter;

namespace Orleans.Workflow.Hosting.Settings;

/// <summary>How log lines are written to the console.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For machines: one JSON object a line, with the ids of the trace.</summary>
    Json,
}

/// <summary>How a host shows what it does.</summary>
/// <param name="Otlp">Where metrics, traces and logs are sent; null for nowhere.</param>
/// <param name="TraceRatio">Which part of the requests is traced, unless their sender has decided.</param>
/// <param name="LogFormat">How the console is written; null for text in Development and JSON elsewhere.</param>
public sealed record TelemetrySettings(OtlpTarget? Otlp, double TraceRatio, LogFormat? LogFormat)
{
    private const int TotalsSeconds = 30;

    /// <summary>How often the totals of the database are read at most.</summary>
    public TimeSpan TotalsEvery { get; init; } = TimeSpan.FromSeconds(TotalsSeconds);

    /// <summary>
    /// The variable that names the collector of every OpenTelemetry program; the others of its family apply too.
    /// </summary>
    private const string StandardEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string CollectorHint = "it must be the URL of a collector, such as http://127.0.0.1:4317.";

    /// <summary>Nothing is sent anywhere.</summary>
    public static TelemetrySettings Local { get; } = new(null, 1, null);

    /// <summary>Reads the section <c>Telemetry</c>.</summary>
    public static TelemetrySettings Read(SettingsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        CheckLevels(reader);
        return new TelemetrySettings(
            ReadOtlp(reader),
            reader.Fraction(
                "Telemetry:TraceRatio",
                1,
                "Which part of the requests is traced once there is a collector, unless their sender decides. See "
                    + "[telemetry.md](operations/telemetry.md)."
            ),
            reader.OptionalWord<LogFormat>(
                "Telemetry:LogFormat",
                "How lines on the console are written. Without it: `Json`, and `Text` in Development. JSON has the ids "
                    + "of the trace."
            )
        )
        {
            TotalsEvery = reader.Seconds(
                "Telemetry:TotalsSeconds",
                TotalsSeconds,
                1,
                3600,
                "How often one silo counts for the metrics of all what is stored: workflows by phase and by attention, "
                    + "refused requests, the longest silence. Counting never takes more than a hundredth of the time."
            ),
        };
    }

    /// <summary>.NET itself reads the levels when the first line is logged, and throws then.</summary>
    private static void CheckLevels(SettingsReader reader)
    {
        var levels = reader
            .Children("Logging:LogLevel")
            .Concat(
                reader
                    .Children("Logging")
                    .Select(static logger => logger.GetSection("LogLevel"))
                    .SelectMany(static level => level.GetChildren())
            );
        foreach (var level in levels.Where(static level => !string.IsNullOrEmpty(level.Value)))
        {
            if (!Enum.TryParse<LogLevel>(level.Value, ignoreCase: true, out _))
                reader.Error(
                    $"{level.Path} is '{level.Value}'; "
                        + $"it must be one of: {string.Join(", ", Enum.GetNames<LogLevel>())}."
                );
        }
    }

    private static OtlpTarget? ReadOtlp(SettingsReader reader)
    {
        const string Key = "Telemetry:Otlp:Endpoint";
        const string Collector = "a URL such as `http://127.0.0.1:4317`";
        var text = reader.Text(Key, "A collector that takes metrics, traces and logs.", Collector);
        var protocol = reader.Word(
            "Telemetry:Otlp:Protocol",
            OtlpExportProtocol.Grpc,
            "How the collector is talked to."
        );
        var standard = reader.Text(
            StandardEndpoint,
            "The collector, if `Telemetry:Otlp:Endpoint` is not set. OpenTelemetry's other variables apply too.",
            Collector
        );
        if (text is null)
        {
            if (standard is null)
                return null;

            if (!IsCollector(standard, out _))
                reader.Error($"{StandardEndpoint} is '{standard}'; {CollectorHint}");

            return OtlpTarget.OfVariables;
        }

        if (IsCollector(text, out var endpoint))
            return new OtlpTarget(endpoint, protocol);

        reader.Error($"{Key} is '{text}'; {CollectorHint}");
        return null;
    }

    private static bool IsCollector(string text, [NotNullWhen(true)] out Uri? endpoint) =>
        Uri.TryCreate(text, UriKind.Absolute, out endpoint) && endpoint.Scheme is "http" or "https";
}

/// <summary>A collector of telemetry.</summary>
/// <param name="Endpoint">Its URL; null if OpenTelemetry's own variables say where and how.</param>
/// <param name="Protocol">How to talk to it.</param>
public sealed record OtlpTarget(Uri? Endpoint, OtlpExportProtocol Protocol)
{
    /// <summary>The one that OpenTelemetry's own variables name.</summary>
    public static OtlpTarget OfVariables { get; } = new(null, OtlpExportProtocol.Grpc);
}
