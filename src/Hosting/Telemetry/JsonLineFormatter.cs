using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Orleans.Workflow.Hosting.Telemetry;

/// <summary>
/// Writes the JSON of .NET's own formatter, and in each line which process wrote it, and of which version.
/// </summary>
/// <param name="services">Holds .NET's own formatter.</param>
internal sealed class JsonLineFormatter(IServiceProvider services) : ConsoleFormatter(FormatName)
{
    /// <summary>The name under which the console finds it.</summary>
    public const string FormatName = "json-line";

    private static readonly string Begin =
        $"{{\"Instance\":\"{JsonEncodedText.Encode(BuildInfo.Instance)}\","
        + $"\"Version\":\"{JsonEncodedText.Encode(BuildInfo.Version)}\",";

    // Not before this formatter itself is made, which is one of them.
    private readonly Lazy<ConsoleFormatter> _json = new(() =>
        services.GetServices<ConsoleFormatter>().Single(static of => of.Name == ConsoleFormatterNames.Json)
    );

    /// <inheritdoc/>
    public override void Write<TState>(
        in LogEntry<TState> logEntry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        if (OutageConsequences.Contain(logEntry.Category, logEntry.Exception))
            return;

        using var entry = new StringWriter();
        _json.Value.Write(logEntry, scopeProvider, entry);
        var text = entry.GetStringBuilder();
        if (text.Length == 0)
            return;

        textWriter.Write(Begin);
        textWriter.Write(text.Remove(0, 1));
    }
}
