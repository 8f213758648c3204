using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Workflows;

/// <summary>Folding again from the stored receipts. Notifications that arrive meanwhile are folded and answered as always.</summary>
internal sealed partial class WorkflowGrain
{
    private Task<RefoldOutcome>? _refolding;

    /// <summary>What arrives while the stored receipts are folded again; null while they are not.</summary>
    private List<Receipt>? _arriving;

    /// <inheritdoc/>
    public async Task<RefoldOutcome> Refold(string job, string vocabulary)
    {
        using var call = _stay.Begin();
        await Know();
        ThrowIfClosed();
        if (vocabulary != _fold.Vocabulary.Fingerprint)
            return RefoldOutcome.OtherVocabulary;

        // Whoever asks while it is under way gets the same answer.
        var running = _refolding ??= RunRefold(job);
        try
        {
            return await running;
        }
        finally
        {
            if (_refolding == running)
                _refolding = null;
        }
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<RefoldChange>> TryRefold(string vocabulary)
    {
        using var call = _stay.Begin();
        await Know();
        ThrowIfClosed();
        var (state, fold) = (_committed, _vocabularies.Try(vocabulary));
        if (state.Seq == 0 || state.IsDeleted)
            return [];

        if (await FoldStored(fold, state) is not { } anew)
            throw new WorkflowUnavailableException($"{this.GetGrainId()} cannot be folded again: receipts were removed that were folded under another vocabulary.");

        var (_, transitions) = Refolding.Replace(state, RankingOf(state), anew, fold.Vocabulary, state.LastChangedAt);
        return ImmutableArray.CreateRange(transitions, Views.Of);
    }

    private async Task<RefoldOutcome> RunRefold(string job)
    {
        while (true)
        {
            var state = _latest;
            if (state.Seq == 0 || state.IsDeleted || state.Fingerprint == _fold.Vocabulary.Fingerprint)
                return RefoldOutcome.Current;

            var meanwhile = _arriving = [];
            try
            {
                if (state.Seq > _committed.Seq)
                    await _commits.Commit();

                if (await FoldStored(_fold, state) is not { } anew)
                    return RefoldOutcome.ReceiptsRemoved;

                _fault.ThrowIfFaulted();

                // What arrived was folded again on another state: begin with that one.
                if (_arriving == meanwhile)
                    return await CommitRefold(job, state, anew, meanwhile);
            }
            finally
            {
                _arriving = null;
            }
        }
    }

    private async Task<RefoldOutcome> CommitRefold(string job, WorkflowState state, WorkflowState anew, List<Receipt> meanwhile)
    {
        if (_latest.IsDeleted)
            return RefoldOutcome.Current;

        // From here on nothing is awaited until the new state has taken the place of the old one: nothing can arrive in
        // between.
        anew = anew with { Seq = state.Seq };
        foreach (var receipt in meanwhile)
            anew = _fold.Apply(anew, receipt).State;

        var now = _time.GetUtcNow();
        var at = now.ToUnixTimeMilliseconds();
        var result = Refolding.Replace(_latest, RankingOf(_latest), anew, _fold.Vocabulary, at);
        _latest = result.State;
        _pending.AddRefold(job, Guid.CreateVersion7(now), at, result);
        _arriving = null;
        await _commits.Commit();
        return result.Transitions.IsEmpty ? RefoldOutcome.Unchanged : RefoldOutcome.Changed;
    }

    private Task<WorkflowState?> FoldStored(WorkflowFold fold, WorkflowState state) =>
        Read(() => _replay.Under(fold, state.WorkflowId, state.Seq, CancellationToken.None));

    /// <summary>Reads from the database, whose exceptions a client may not know.</summary>
    private async Task<T> Read<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception exception)
        {
            Log.NotRefolded(_logger, exception, this.GetGrainId());
            throw new WorkflowUnavailableException($"The receipts of {this.GetGrainId()} could not be read ({exception.GetType().Name}).");
        }
    }
}
