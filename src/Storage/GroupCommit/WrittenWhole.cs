using System.Runtime.CompilerServices;

namespace Orleans.Workflow.Storage.GroupCommit;

/// <summary>
/// Long states as they were last written whole, for as long as their grains are active. A wide workflow changes in one of its nodes: the edits
/// since are a fraction of the state, and the database need not compress it, store it out of line and log it once more.
/// </summary>
/// <param name="shortestEdited">From how many bytes on a state is long.</param>
internal sealed class WrittenWhole(int shortestEdited)
{
    // A row of PostgreSQL moves long values out of line when it has more than some 2,000 bytes; the edits are to stay within it.
    private const int LongestEdits = 800;

    private readonly ConditionalWeakTable<object, Known> _known = [];

    /// <summary>Begins to write a state.</summary>
    /// <param name="grainState">What holds the state as long as the grain is active.</param>
    /// <param name="etag">The version that the row must have; null if there must be none.</param>
    /// <param name="payload">The state.</param>
    public Attempt Begin(object grainState, int? etag, ReadOnlyMemory<byte> payload)
    {
        if (payload.Length < shortestEdited)
            return default;

        // Whoever else wrote the row has given it another version.
        var known = _known.GetOrCreateValue(grainState);
        var edits = etag is not null && known.Version == etag ? ByteEdits.Between(known.Whole.Span, payload.Span, LongestEdits) : null;
        return new Attempt(known, edits is null ? payload : known.Whole, edits);
    }

    /// <summary>A write under way.</summary>
    /// <param name="known">What is known of the state; null if it is short.</param>
    /// <param name="whole">What is stored whole once the write went through.</param>
    /// <param name="edits">How the state differs from what is stored whole; null if it is to be written whole.</param>
    internal readonly struct Attempt(Known? known, ReadOnlyMemory<byte> whole, byte[]? edits)
    {
        /// <summary>How the state differs from what is stored whole; null if it is to be written whole.</summary>
        public byte[]? Edits => edits;

        /// <summary>Tells that the write went through.</summary>
        /// <param name="version">The row's version now.</param>
        public void Succeeded(int version)
        {
            if (known is not null)
                (known.Whole, known.Version) = (whole, version);
        }
    }

    /// <summary>What is known of a state.</summary>
    internal sealed class Known
    {
        /// <summary>What is stored whole.</summary>
        public ReadOnlyMemory<byte> Whole { get; set; }

        /// <summary>The row's version; null if nothing is known.</summary>
        public int? Version { get; set; }
    }
}
