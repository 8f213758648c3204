using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Hosting.Telemetry;

/// <summary>
/// Sets how log lines are written to the console. In either format nothing that comes from outside can end a line.
/// </summary>
internal static class ConsoleLogs
{
    /// <summary>Writes lines of a format.</summary>
    public static void AddConsole(this ILoggingBuilder logging, LogFormat format)
    {
        // Its scope would put the path of the request into each line, and the path of a webhook may hold a secret.
        // Besides, as long as it logs anything at all, each request makes an activity, whether it is traced or not.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        if (format == LogFormat.Text)
        {
            logging.Services.TryAddSingleton(TimeProvider.System);
            logging.AddConsoleFormatter<OneLineFormatter, ConsoleFormatterOptions>();
            logging.AddConsole(static console => console.FormatterName = OneLineFormatter.FormatName);
            return;
        }

        logging.Configure(static options =>
            options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId
        );
        logging.AddJsonConsole(static json =>
        {
            // The ids of the trace are a scope.
            json.IncludeScopes = true;
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
        logging.AddConsoleFormatter<JsonLineFormatter, ConsoleFormatterOptions>();
        logging.AddConsole(static console => console.FormatterName = JsonLineFormatter.FormatName);
    }
}
