using System.Globalization;
using System.Reflection;

namespace Orleans.Workflow.Storage.Migrations;

/// <summary>
/// A numbered schema script of <c>deploy/sql</c>, which is part of this assembly. The first creates the whole schema;
/// each other one upgrades a database to its number.
/// </summary>
/// <param name="Number">The number of the schema that it leaves.</param>
/// <param name="Name">Its file name.</param>
/// <param name="Text">The SQL. The first line of an upgrade says when it is run.</param>
internal sealed record SchemaScript(int Number, string Name, string Text)
{
    private const string OnlyIf = "-- Only if: ";

    /// <summary>A query whose answer is 0 if the script has nothing to do; null if it is always run.</summary>
    public string? Condition =>
        Text.StartsWith(OnlyIf, StringComparison.Ordinal)
            ? Text[OnlyIf.Length..Text.IndexOf('\n', StringComparison.Ordinal)]
            : null;

    /// <summary>The scripts of a dialect, ascending.</summary>
    /// <param name="dialect">The folder below <c>deploy/sql</c>.</param>
    public static IReadOnlyList<SchemaScript> Of(string dialect)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var prefix = dialect + "/";
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => new SchemaScript(
                    int.Parse(name.AsSpan(prefix.Length, 3), CultureInfo.InvariantCulture),
                    name[prefix.Length..],
                    new StreamReader(assembly.GetManifestResourceStream(name)!).ReadToEnd()
                )),
        ];
    }
}
