using System.Collections.Concurrent;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Vocabularies;

/// <summary>
/// Finds the folds of vocabularies that receipts were folded under. A vocabulary never changes, so each is read once.
/// </summary>
public sealed class VocabularyCache
{
    private readonly ConcurrentDictionary<string, WorkflowFold> _folds = new(StringComparer.Ordinal);
    private readonly IVocabularyStore _store;
    private Tried? _tried;

    /// <summary>Finds them where they are kept.</summary>
    /// <param name="store">Where they are kept.</param>
    /// <param name="own">The fold of this silo; null in a process that folds nothing.</param>
    public VocabularyCache(IVocabularyStore store, WorkflowFold? own = null)
    {
        _store = store;
        if (own is not null)
            _folds[own.Vocabulary.Fingerprint] = own;
    }

    /// <summary>The fold under a vocabulary.</summary>
    /// <param name="fingerprint">Names the vocabulary; a mark that a state is of several is passed over.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>Null if there is no vocabulary of that fingerprint.</returns>
    public async ValueTask<WorkflowFold?> Find(string fingerprint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        var name = fingerprint.TrimEnd(WorkflowState.Mixed);
        if (_folds.TryGetValue(name, out var known))
            return known;

        return await _store.Find(name, cancellationToken) is { } row
            ? _folds.GetOrAdd(name, new WorkflowFold(VocabularyDocument.Read(row.Document)))
            : null;
    }

    /// <summary>
    /// The fold under a vocabulary that is only tried. The last one is kept: it is tried on one workflow after the
    /// other.
    /// </summary>
    public WorkflowFold Try(string document)
    {
        if (_tried is { } tried && tried.Document == document)
            return tried.Fold;

        var fold = new WorkflowFold(VocabularyDocument.Read(document));
        _tried = new Tried(document, fold);
        return fold;
    }

    private sealed record Tried(string Document, WorkflowFold Fold);
}
