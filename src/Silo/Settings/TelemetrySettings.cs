using System.Diagnostics.CodeAnalysis;
using OpenTelemetry.Exporter;

namespace Orleans.Workflow.Silo.Settings;

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
    /// <summary>The variable by which every OpenTelemetry program is told where to send; the others of its family hold too.</summary>
    private const string StandardEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string CollectorHint = "it must be the URL of a collector, such as http://127.0.0.1:4317.";

    /// <summary>Nothing is sent anywhere.</summary>
    public static TelemetrySettings Local { get; } = new(null, 1, null);

    /// <summary>Reads the section <c>Telemetry</c>.</summary>
    public static TelemetrySettings Read(SettingsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.OnlyKnown("Telemetry", "Otlp", "TraceRatio", "LogFormat");
        reader.OnlyKnown("Telemetry:Otlp", "Endpoint", "Protocol");
        CheckLevels(reader);
        return new TelemetrySettings(
            ReadOtlp(reader),
            reader.Fraction("Telemetry:TraceRatio", 1),
            reader.Text("Telemetry:LogFormat") is null ? null : reader.Word("Telemetry:LogFormat", Settings.LogFormat.Text));
    }

    /// <summary>.NET itself reads the levels when the first line is logged, and throws then.</summary>
    private static void CheckLevels(SettingsReader reader)
    {
        var levels = reader.Children("Logging:LogLevel")
            .Concat(reader.Children("Logging").Select(static logger => logger.GetSection("LogLevel"))
                .SelectMany(static level => level.GetChildren()));
        foreach (var level in levels.Where(static level => !string.IsNullOrEmpty(level.Value)))
        {
            if (!Enum.TryParse<LogLevel>(level.Value, ignoreCase: true, out _))
                reader.Error($"{level.Path} is '{level.Value}'; it must be one of: {string.Join(", ", Enum.GetNames<LogLevel>())}.");
        }
    }

    private static OtlpTarget? ReadOtlp(SettingsReader reader)
    {
        const string Key = "Telemetry:Otlp:Endpoint";
        var protocol = reader.Word("Telemetry:Otlp:Protocol", OtlpExportProtocol.Grpc);
        if (reader.Text(Key) is not { } text)
        {
            if (reader.Text(StandardEndpoint) is not { } standard)
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
