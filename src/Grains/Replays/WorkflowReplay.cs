using System.Globalization;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Explaining;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Grains.Vocabularies;

namespace Orleans.Workflow.Grains.Replays;

/// <summary>
/// Folds a workflow again from its stored receipts, one at a time: as it was folded when they arrived, to show or
/// explain an earlier state, or under another vocabulary. Begins with the baseline if receipts were removed.
/// </summary>
/// <param name="snapshots">Where the receipts are read: a baseline that moves meanwhile leaves no gap.</param>
/// <param name="vocabularies">What they were folded under.</param>
public sealed class WorkflowReplay(IWorkflowSnapshots snapshots, VocabularyCache vocabularies)
{
    /// <summary>How many receipts are folded for one question.</summary>
    public const int MaxReceipts = 50_000;

    /// <summary>How many bytes of bodies are read for one question.</summary>
    public const long MaxBytes = 256L * 1024 * 1024;

    /// <summary>As <see cref="MaxReceipts"/>.</summary>
    internal int ReceiptLimit { get; init; } = MaxReceipts;

    /// <summary>As <see cref="MaxBytes"/>.</summary>
    internal long ByteLimit { get; init; } = MaxBytes;

    /// <summary>Folds again as it was folded.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="upTo">The last receipt that counts.</param>
    /// <param name="explainer">Sees each step; null for none.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The state as it was; null if nothing was known of the workflow, or what was known is removed.</returns>
    /// <exception cref="ReplayTooLongException">There are too many receipts, or they are too long.</exception>
    /// <exception cref="InvalidDataException">A body cannot be read, or a vocabulary is missing.</exception>
    public async Task<ReplayedWorkflow?> AsItWas(
        string workflowId,
        long upTo,
        Explainer? explainer,
        CancellationToken cancellationToken
    )
    {
        await using var snapshot = await snapshots.Open(cancellationToken);
        var baseline = await snapshot.FindBaseline(workflowId, cancellationToken);
        if (baseline is { IsDeleted: true } || baseline?.Seq > upTo)
            return null;

        // Places have no gaps, so the difference of two is how many receipts lie between.
        var start = baseline?.Seq ?? 0;
        if (await snapshot.FindLast(workflowId, upTo, cancellationToken) - start > ReceiptLimit)
            throw new ReplayTooLongException();

        // What comes before a refold was folded again under its vocabulary; what comes after, under what its row says.
        var refold = await snapshot.FindLastRefold(workflowId, upTo, cancellationToken);
        var state = Baselines.StateOf(baseline, workflowId);
        var fold = baseline is null ? null : await FoldOf(baseline.Vocabulary, cancellationToken);
        var recorded = new RecordedVersions(state);
        var trace = explainer is null ? null : new FoldTrace();
        var bytes = 0L;
        explainer?.Begins(state);
        await foreach (var row in snapshot.Read(workflowId, state.Seq, cancellationToken))
        {
            if (row.Seq > upTo)
                break;

            bytes += row.Body.Length;
            if (bytes > ByteLimit)
                throw new ReplayTooLongException();

            recorded.Add(row);
            var fingerprint = row.Seq < refold?.Seq ? refold.Vocabulary : row.Vocabulary;
            if (fold?.Vocabulary.Fingerprint != fingerprint)
                fold = await FoldOf(fingerprint, cancellationToken);

            if (row.Kind == ReceiptKind.Refold)
            {
                state = state with { Seq = row.Seq };
                continue;
            }

            state = Apply(fold!, state, row, trace);
            explainer?.Folded(row, fold!.Vocabulary, trace!);
            trace?.Clear();
        }

        // Shown as its grain shows it: by the ranking that it was begun under, whatever vocabulary the last receipt was
        // folded under.
        return fold is null
            ? null
            : new ReplayedWorkflow(
                recorded.Put(state),
                (await FoldOf(state.Fingerprint, cancellationToken)).Vocabulary
            );
    }

    /// <summary>Folds again under one vocabulary.</summary>
    /// <param name="fold">The fold under the vocabulary.</param>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="upTo">The last receipt that counts.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>
    /// Null if that is not possible: receipts were removed, and their baseline is of another vocabulary.
    /// </returns>
    public async Task<WorkflowState?> Under(
        WorkflowFold fold,
        string workflowId,
        long upTo,
        CancellationToken cancellationToken
    )
    {
        await using var snapshot = await snapshots.Open(cancellationToken);
        var baseline = await snapshot.FindBaseline(workflowId, cancellationToken);
        return await Under(fold, snapshot, Baselines.StateOf(baseline, workflowId), upTo, cancellationToken);
    }

    /// <summary>Folds again under one vocabulary what comes after a state.</summary>
    internal static async Task<WorkflowState?> Under(
        WorkflowFold fold,
        IWorkflowSnapshot snapshot,
        WorkflowState start,
        long upTo,
        CancellationToken cancellationToken
    )
    {
        if (start.Seq > 0 && start.Fingerprint != fold.Vocabulary.Fingerprint)
            return null;

        var state = start;
        await foreach (var row in snapshot.Read(start.WorkflowId, start.Seq, cancellationToken))
        {
            if (row.Seq > upTo)
                break;

            if (row.Kind != ReceiptKind.Refold)
                state = Apply(fold, state, row, trace: null);
        }

        return state;
    }

    /// <summary>
    /// Decisions name receipts by their place, so each is folded at its own: refolds have places too.
    /// </summary>
    private static WorkflowState Apply(WorkflowFold fold, WorkflowState state, ReceiptRow row, FoldTrace? trace)
    {
        var (receipt, error) = StoredReceipts.Read(row, state.WorkflowId);
        if (receipt is null)
            throw new InvalidDataException($"The stored body of receipt {row.Id} cannot be read: {error}");

        var before = state.Seq == row.Seq - 1 ? state : state with { Seq = row.Seq - 1 };
        return fold.Apply(before, receipt, trace).State;
    }

    private async ValueTask<WorkflowFold> FoldOf(string fingerprint, CancellationToken cancellationToken) =>
        await vocabularies.Find(fingerprint, cancellationToken)
        ?? throw new InvalidDataException(
            $"Receipts were folded under the vocabulary {fingerprint}, which is not in the table of vocabularies."
        );
}

/// <summary>A state is the fold of more receipts than are folded for one question.</summary>
public sealed class ReplayTooLongException : Exception
{
    /// <summary>Says what the limits are.</summary>
    public ReplayTooLongException(int maxReceipts, long maxBytes)
        : this(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The workflow has too many receipts: an earlier state and an explanation are folded from at most "
                    + $"{maxReceipts:N0} receipts, and {maxBytes >> 20:N0} MiB of bodies. /history and /receipts show "
                    + $"in pages what each receipt did, and why. "
                    + $"Retention:Receipts keeps a workflow below the limit."
            )
        ) { }

    /// <summary>Says what is too long.</summary>
    public ReplayTooLongException(string message)
        : base(message) { }

    /// <summary>Says what is too long, with what caused it.</summary>
    public ReplayTooLongException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>Says that a replay would be too long.</summary>
    public ReplayTooLongException()
        : this(WorkflowReplay.MaxReceipts, WorkflowReplay.MaxBytes) { }
}

/// <summary>A state as it was.</summary>
/// <param name="State">The state.</param>
/// <param name="Vocabulary">The vocabulary under which it was shown.</param>
public sealed record ReplayedWorkflow(WorkflowState State, Vocabulary Vocabulary);
