using System.Globalization;
using System.Reflection;

namespace Orleans.Workflow.Storage.Migrations;

/// <summary>A numbered schema script of <c>deploy/sql</c>, which is part of this assembly.</summary>
/// <param name="Number">Its place, from 1.</param>
/// <param name="Name">Its file name.</param>
/// <param name="Text">The SQL. Safe to run again, or says in its first line when it is to be run.</param>
internal sealed record SchemaScript(int Number, string Name, string Text)
{
    private const string OnlyIf = "-- Only if: ";

    /// <summary>A query whose answer is 0 if there is nothing left to do for the script; null if it may always be run.</summary>
    public string? Condition => Text.StartsWith(OnlyIf, StringComparison.Ordinal) ? Text[OnlyIf.Length..Text.IndexOf('\n', StringComparison.Ordinal)] : null;

    /// <summary>The scripts of a dialect, ascending.</summary>
    /// <param name="dialect">The folder below <c>deploy/sql</c>.</param>
    public static IReadOnlyList<SchemaScript> Of(string dialect)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = dialect + "/";
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new SchemaScript(
                int.Parse(name.AsSpan(prefix.Length, 3), CultureInfo.InvariantCulture),
                name[prefix.Length..],
                new StreamReader(assembly.GetManifestResourceStream(name)!).ReadToEnd()))];
    }
}
