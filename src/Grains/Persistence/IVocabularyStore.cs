namespace Orleans.Workflow.Grains.Persistence;

/// <summary>
/// Keeps every vocabulary that receipts were folded under, and says which one is in force. Implemented by the storage.
/// </summary>
public interface IVocabularyStore
{
    /// <summary>The vocabulary in force; null until a silo has started.</summary>
    Task<VocabularyRow?> FindInForce(CancellationToken cancellationToken);

    /// <summary>A vocabulary that was in force once; null if there is none of that fingerprint.</summary>
    Task<VocabularyRow?> Find(string fingerprint, CancellationToken cancellationToken);

    /// <summary>Puts a vocabulary in force if none is.</summary>
    /// <returns>The vocabulary in force.</returns>
    Task<VocabularyRow> PutFirst(VocabularyRow vocabulary, CancellationToken cancellationToken);

    /// <summary>Puts a vocabulary in force in the place of whatever is.</summary>
    Task Adopt(VocabularyRow vocabulary, CancellationToken cancellationToken);
}

/// <summary>A vocabulary as it is stored.</summary>
/// <param name="Fingerprint">Names it.</param>
/// <param name="Document">Its words and ranking, JSON.</param>
/// <param name="Since">Since when it is in force, in Unix milliseconds; of one that is not, since when it was
/// kept.</param>
public sealed record VocabularyRow(string Fingerprint, string Document, long Since);
