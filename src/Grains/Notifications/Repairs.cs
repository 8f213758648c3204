using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>What was not as the vendor documents it and was understood all the same.</summary>
public enum RepairKind
{
    /// <summary>A number where a string belongs: taken as its exact text.</summary>
    NumberAsText = 0,

    /// <summary>A label that is null or missing: it says nothing.</summary>
    LabelMissing = 1,

    /// <summary>Half of a surrogate pair in a label: U+FFFD takes its place.</summary>
    HalfSurrogatePair = 2,
}

/// <summary>What of one kind was repaired in a notification. The body stays as it came.</summary>
/// <param name="Kind">What.</param>
/// <param name="Count">How often.</param>
/// <param name="FirstPath">The JSON path of the first.</param>
public sealed record Repair(RepairKind Kind, int Count, string FirstPath);

/// <summary>Gathers what is repaired while a notification is read.</summary>
internal sealed class RepairList
{
    private readonly SortedList<RepairKind, Repair> _found = [];

    /// <summary>What was repaired, by kind.</summary>
    public ImmutableArray<Repair> Found => [.. _found.Values];

    /// <summary>Notes a repair.</summary>
    public void Add(RepairKind kind, JsonPath path, string? name = null)
    {
        _found[kind] = _found.TryGetValue(kind, out var known)
            ? known with
            {
                Count = known.Count + 1,
            }
            : new Repair(kind, 1, name is null ? path.ToString() : $"{path}.{name}");
    }
}

/// <summary>Strings that hold half of a surrogate pair as an escape, which a JSON reader does not decode.</summary>
internal static class HalfPairs
{
    private const char Replacement = '\uFFFD';

    /// <summary>The string under a reader, with U+FFFD for each half of a pair.</summary>
    public static string Read(in Utf8JsonReader reader)
    {
        var json = Encoding.UTF8.GetString(reader.ValueSpan);
        var text = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
            text.Append(json[i] == '\\' ? Unescape(json, ref i) : json[i]);

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                text[i] = Replacement;
        }

        return text.ToString();
    }

    private static char Unescape(string json, ref int i)
    {
        switch (json[++i])
        {
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                i += 4;
                return (char)
                    int.Parse(
                        json.AsSpan(i - 3, 4),
                        System.Globalization.NumberStyles.AllowHexSpecifier,
                        System.Globalization.CultureInfo.InvariantCulture
                    );
            default:
                return json[i];
        }
    }
}
