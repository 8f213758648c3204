using System.Text;
using System.Text.Json;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>
/// Words that come again and again, statuses, types and names of nodes, each as one string: each notification of a
/// workflow of a hundred nodes says three hundred of them. Keeps the last word of each place; which that is changes
/// nothing but how many strings are made.
/// </summary>
internal static class RepeatedWords
{
    private const int MaxWordLength = 32;

    private static readonly string?[] Places = new string?[1024];

    /// <summary>The string under a reader.</summary>
    public static string Read(ref Utf8JsonReader reader)
    {
        if (reader.HasValueSequence || reader.ValueIsEscaped || reader.ValueSpan.Length is 0 or > MaxWordLength)
            return reader.GetString()!;

        var word = reader.ValueSpan;
        ref var place = ref Places[Place(word)];
        var known = Volatile.Read(ref place);
        if (known is not null && Ascii.Equals(word, known))
            return known;

        known = reader.GetString()!;
        Volatile.Write(ref place, known);
        return known;
    }

    /// <summary>Follows from every byte: names may differ by one digit in their middle.</summary>
    private static int Place(ReadOnlySpan<byte> word)
    {
        var hash = new HashCode();
        hash.AddBytes(word);
        return (int)((uint)hash.ToHashCode() % (uint)Places.Length);
    }
}
