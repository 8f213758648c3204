using System.Runtime.InteropServices;
using System.Text;
using Orleans.Storage;

namespace Orleans.Workflow.Storage.GroupCommit;

/// <summary>
/// Where a grain's state is in the table of Microsoft.Orleans.Persistence.AdoNet: the same mapping as the provider's own, so that
/// either reads what the other wrote. A GUID key is its two halves, an integer key the second number, any other key text.
/// </summary>
/// <param name="GrainIdHash">Hash of the key.</param>
/// <param name="GrainIdN0">First half of a GUID key.</param>
/// <param name="GrainIdN1">Second half of a GUID key, or an integer key.</param>
/// <param name="GrainTypeHash">Hash of the state's name.</param>
/// <param name="GrainTypeString">The state's name.</param>
/// <param name="GrainIdExtensionString">The text of the key, or its extension.</param>
public readonly record struct RowKey(
    int GrainIdHash, long GrainIdN0, long GrainIdN1, int GrainTypeHash, string GrainTypeString, string? GrainIdExtensionString)
{
    private static readonly OrleansDefaultHasher Hasher = new();

    /// <summary>The place of a state of a grain.</summary>
    public static RowKey Of(GrainId grainId, string stateName)
    {
        long n0 = 0, n1 = 0;
        scoped ReadOnlySpan<byte> prefix = [];
        string? text;
        Span<byte> number = stackalloc byte[16];
        if (grainId.TryGetGuidKey(out var guid, out text))
        {
            guid.TryWriteBytes(number);
            (n0, n1) = (MemoryMarshal.Read<long>(number), MemoryMarshal.Read<long>(number[8..]));
            prefix = number;
        }
        else if (grainId.TryGetIntegerKey(out var integer, out text))
        {
            n1 = integer;
            MemoryMarshal.Write(number, n1);
            prefix = number[..sizeof(long)];
        }
        else
        {
            text = grainId.Key.ToString();
        }

        return new RowKey(Hash(prefix, text, reversed: true), n0, n1, Hash([], stateName, reversed: false), stateName, text);
    }

    /// <summary>Of the hashes that it has.</summary>
    public override int GetHashCode() => HashCode.Combine(GrainIdHash, GrainTypeHash);

    /// <summary>The order in which rows are locked, so that two batches never wait for each other.</summary>
    public static int Compare(in RowKey a, in RowKey b)
    {
        var order = a.GrainIdHash.CompareTo(b.GrainIdHash);
        if (order == 0)
            order = a.GrainTypeHash.CompareTo(b.GrainTypeHash);
        if (order == 0)
            order = a.GrainIdN0.CompareTo(b.GrainIdN0);
        if (order == 0)
            order = a.GrainIdN1.CompareTo(b.GrainIdN1);
        if (order == 0)
            order = string.CompareOrdinal(a.GrainTypeString, b.GrainTypeString);
        return order == 0 ? string.CompareOrdinal(a.GrainIdExtensionString, b.GrainIdExtensionString) : order;
    }

    private static int Hash(ReadOnlySpan<byte> prefix, string? text, bool reversed)
    {
        var bytes = new byte[prefix.Length + Encoding.UTF8.GetByteCount(text ?? string.Empty)];
        prefix.CopyTo(bytes);
        Encoding.UTF8.GetBytes(text ?? string.Empty, bytes.AsSpan(prefix.Length));
        if (reversed)
            bytes.AsSpan().Reverse();

        return Hasher.Hash(bytes);
    }
}
