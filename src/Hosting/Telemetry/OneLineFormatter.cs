using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Orleans.Workflow.Hosting.Telemetry;

/// <summary>
/// Writes each log entry as one line that nobody can forge: ids come from outside, so whatever could end a line, move a
/// terminal's cursor or turn its text round is written as an escape. Of an exception further lines follow, indented.
/// Each entry says which process wrote it, and of which version.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class OneLineFormatter(TimeProvider time) : ConsoleFormatter(FormatName)
{
    /// <summary>The name under which the console finds it.</summary>
    public const string FormatName = "one-line";

    private const string Indentation = "      ";

    /// <inheritdoc/>
    public override void Write<TState>(
        in LogEntry<TState> logEntry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        if (OutageConsequences.Contain(logEntry.Category, logEntry.Exception))
            return;

        textWriter.Write(
            time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        );
        textWriter.Write($" {Word(logEntry.LogLevel)} {BuildInfo.Instance} {BuildInfo.Version}");
        textWriter.Write($" {logEntry.Category}[{logEntry.EventId.Id}] ");
        WriteEscaped(logEntry.Formatter(logEntry.State, logEntry.Exception), textWriter);
        textWriter.Write('\n');
        if (logEntry.Exception is null)
            return;

        foreach (var line in logEntry.Exception.ToString().AsSpan().EnumerateLines())
        {
            textWriter.Write(Indentation);
            WriteEscaped(line, textWriter);
            textWriter.Write('\n');
        }
    }

    /// <summary>Writes a text; what is not plainly visible is written as an escape.</summary>
    internal static void WriteEscaped(ReadOnlySpan<char> text, TextWriter writer)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                i++;
            }
            else if (IsHidden(text[i]))
            {
                writer.Write(text[start..i]);
                writer.Write($"\\u{(int)text[i]:x4}");
                start = i + 1;
            }
        }

        writer.Write(text[start..]);
    }

    private static bool IsHidden(char c) =>
        !char.IsAscii(c)
            ? char.GetUnicodeCategory(c)
                is UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.Surrogate
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
            : char.IsControl(c);

    private static string Word(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trce",
            LogLevel.Debug => "dbug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "fail",
            _ => "crit",
        };
}
