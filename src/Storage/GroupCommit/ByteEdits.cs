using System.Buffers.Binary;

namespace Orleans.Workflow.Storage.GroupCommit;

/// <summary>
/// How one text differs from another: edits, ascending by place. Each is three numbers of four bytes, the highest first (where it is in the
/// old text, how many bytes go, how many come), and the bytes that come. PostgreSQL applies them, in <c>orleansstorage_edit</c>.
/// </summary>
internal static class ByteEdits
{
    // Where the texts go on alike: fewer equal bytes cost more as an edit of their own than they save.
    private const int Alike = 16;
    private const int Window = 256;
    private const int Numbers = 3 * sizeof(int);

    /// <summary>The edits that make one text another.</summary>
    /// <param name="before">The old text.</param>
    /// <param name="after">The new text.</param>
    /// <param name="most">How many bytes they may have.</param>
    /// <returns>The edits; null if they take more.</returns>
    public static byte[]? Between(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, int most)
    {
        Span<byte> edits = most <= 1024 ? stackalloc byte[most] : new byte[most];
        int place = 0, length = 0;
        while (true)
        {
            var same = before[place..].CommonPrefixLength(after);
            place += same;
            after = after[same..];
            if (place == before.Length && after.IsEmpty)
                return edits[..length].ToArray();

            var (gone, come) = FindAlike(before[place..], after);
            if (length + Numbers + come > most)
                return null;

            BinaryPrimitives.WriteInt32BigEndian(edits[length..], place);
            BinaryPrimitives.WriteInt32BigEndian(edits[(length + 4)..], gone);
            BinaryPrimitives.WriteInt32BigEndian(edits[(length + 8)..], come);
            after[..come].CopyTo(edits[(length + Numbers)..]);
            place += gone;
            after = after[come..];
            length += Numbers + come;
        }
    }

    /// <summary>The least that goes and comes until both are alike again; all of both if that is not near.</summary>
    private static (int Gone, int Come) FindAlike(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var (gone, come) = (before.Length, after.Length);
        var least = Window;
        for (var coming = 0; coming < least && coming + Alike <= after.Length; coming++)
        {
            // The nearest, not the first: what is said of a node may be said of the next one too.
            var near = before[..Math.Min(before.Length, least - coming + Alike)];
            var going = near.IndexOf(after.Slice(coming, Alike));
            if (going < 0 || going + coming >= least)
                continue;

            (gone, come) = (going, coming);
            least = going + coming;
        }

        return (gone, come);
    }
}
