using System.Collections.Immutable;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Replays;
using Orleans.Workflow.Grains.Vocabularies;
using Orleans.Workflow.Grains.Workflows;

namespace Orleans.Workflow.Grains.Receipts;

/// <summary>What a stored row should be.</summary>
/// <param name="Expected">The row; null if that cannot be said.</param>
/// <param name="Error">What is wrong with the body; null if nothing is, or if the vocabulary is not known.</param>
internal readonly record struct ExpectedRow(ReceiptRow? Expected, string? Error);

/// <summary>
/// Goes through the stored rows of a workflow as its grain did, to compare them: each receipt under the vocabulary that
/// its row names, and each refold by folding everything before it again.
/// </summary>
/// <param name="snapshot">The stored rows.</param>
/// <param name="vocabularies">What they were folded under.</param>
/// <param name="baseline">The fold of those that were removed; null if none were.</param>
/// <param name="start">The state in it.</param>
internal sealed class RecordedFold(
    IWorkflowSnapshot snapshot,
    VocabularyCache vocabularies,
    BaselineRow? baseline,
    WorkflowState start
)
{
    // A tombstone reads no word.
    private static readonly WorkflowFold OfTombstones = new(Domain.Vocabulary.Default);

    private readonly WorkflowState _start = start;

    /// <summary>The state after the last row.</summary>
    public WorkflowState State { get; private set; } = start;

    /// <summary>
    /// The fingerprint of the vocabulary of the last row, under which the workflow is listed; null before the first row
    /// there ever was.
    /// </summary>
    public string? Vocabulary { get; private set; } = baseline?.Vocabulary;

    /// <summary>Continues with the next row, which must be the one after <see cref="State"/>.</summary>
    public async ValueTask<ExpectedRow> Next(ReceiptRow stored, CancellationToken cancellationToken)
    {
        var fold = State.IsDeleted ? OfTombstones : await vocabularies.Find(stored.Vocabulary, cancellationToken);
        if (fold is null)
            return default;

        if (stored.Kind == ReceiptKind.Refold)
            return await NextRefold(fold, stored, cancellationToken);

        var (receipt, error) = StoredReceipts.Read(stored, State.WorkflowId);
        if (receipt is null)
            return new ExpectedRow(null, error);

        if (await ShownUnder(fold, State, vocabularies, cancellationToken) is not { } shownBy)
            return default;

        var result = fold.Apply(State, receipt, shownBy: shownBy.Ranking);
        return GoOn(
            result.State,
            stored with
            {
                Effect = result.Effect,
                Version = result.State.Version,
                Transitions = ImmutableArray.CreateRange(result.Transitions, TransitionRows.Of),
            }
        );
    }

    /// <summary>
    /// The vocabulary by whose ranking a state is shown: the one that it was begun under, until it is folded again.
    /// </summary>
    private static async ValueTask<Domain.Vocabulary?> ShownUnder(
        WorkflowFold fold,
        WorkflowState state,
        VocabularyCache vocabularies,
        CancellationToken cancellationToken
    ) =>
        state.Seq == 0 || state.IsDeleted
            ? fold.Vocabulary
            : (await vocabularies.Find(state.Fingerprint, cancellationToken))?.Vocabulary;

    private async Task<ExpectedRow> NextRefold(
        WorkflowFold fold,
        ReceiptRow stored,
        CancellationToken cancellationToken
    )
    {
        if (
            await WorkflowReplay.Under(fold, snapshot, _start, stored.Seq - 1, cancellationToken) is not { } refolded
            || await vocabularies.Find(State.Fingerprint, cancellationToken) is not { } before
        )
        {
            return default;
        }

        var (state, transitions) = Refolding.Replace(
            State,
            before.Vocabulary.Ranking,
            refolded,
            fold.Vocabulary,
            stored.ReceivedAt
        );
        return GoOn(state, TransitionRows.OfRefold(stored, state.Version, transitions));
    }

    private ExpectedRow GoOn(WorkflowState state, ReceiptRow expected)
    {
        (State, Vocabulary) = (state, expected.Vocabulary);
        return new ExpectedRow(expected, null);
    }
}
