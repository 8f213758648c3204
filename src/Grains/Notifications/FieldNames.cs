using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>
/// The names in one JSON object: finds the known ones without making strings, and notices one that is there twice.
/// </summary>
/// <param name="known">The known names.</param>
internal struct FieldNames(ImmutableArray<FieldNames.Field> known)
{
    /// <summary>The fields of a notification, as the vendor documents them.</summary>
    public static readonly ImmutableArray<Field> OfNotification =
    [
        new("workflow_id", true),
        new("workflow_name", false),
        new("status", true),
        new("actions", true),
    ];

    /// <summary>The fields of an entry of <c>actions</c>, as the vendor documents them.</summary>
    public static readonly ImmutableArray<Field> OfAction =
    [
        new("nodetask_id", true),
        new("nodetask_name", false),
        new("node_type", false),
        new("task_id", false),
        new("task_status", false),
    ];

    private ulong _seen;

    /// <summary>The first required field that was not seen.</summary>
    public readonly string? FirstMissing
    {
        get
        {
            for (var i = 0; i < known.Length; i++)
            {
                if (known[i].IsRequired && !Has(i))
                    return known[i].Name;
            }

            return null;
        }
    }

    /// <summary>The place of the name under the reader among the known ones, or -1.</summary>
    public readonly int Find(ref Utf8JsonReader reader, out string name)
    {
        for (var i = 0; i < known.Length; i++)
        {
            if (reader.ValueTextEquals(known[i].Utf8))
            {
                name = known[i].Name;
                return i;
            }
        }

        name = reader.GetString()!;
        return -1;
    }

    /// <summary>The known name at a place.</summary>
    public readonly string NameOf(int field) => known[field].Name;

    /// <summary>Whether a known name was there.</summary>
    public readonly bool Has(int field) => (_seen & (1UL << field)) != 0;

    /// <summary>
    /// Notes a name; false if it is known and was there before. Names that nobody reads are not judged.
    /// </summary>
    public bool Add(int field)
    {
        if (field < 0)
            return true;

        var bit = 1UL << field;
        var isNew = (_seen & bit) == 0;
        _seen |= bit;
        return isNew;
    }

    /// <summary>A field that is known.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="isRequired">Whether it must be there.</param>
    public sealed class Field(string name, bool isRequired)
    {
        public string Name => name;

        public bool IsRequired => isRequired;

        public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(name);
    }
}
