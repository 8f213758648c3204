using System.Collections.Immutable;
using Orleans.Workflow.Domain.Tests.Histories;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>Something that must hold for every history.</summary>
/// <param name="Name">What must hold.</param>
/// <param name="Check">Says how it is violated, or null.</param>
internal sealed record FoldProperty(string Name, Func<WorkflowFold, History, string?> Check);

/// <summary>
/// What must hold of the fold, as functions of the fold: the mutation test hands them folds that must violate them.
/// </summary>
internal static class FoldProperties
{
    public static readonly ImmutableArray<FoldProperty> All =
    [
        new(nameof(C1_Convergence), C1_Convergence),
        new(nameof(C2_Monotony), C2_Monotony),
        new(nameof(C5_Idempotence_at_once), C5_Idempotence_at_once),
        new(nameof(C5_Idempotence_later), C5_Idempotence_later),
        new(nameof(Accounting.Versions_and_transitions_add_up), Accounting.Versions_and_transitions_add_up),
        new(nameof(Accounting.The_trace_is_what_the_fold_did), Accounting.The_trace_is_what_the_fold_did),
        new(nameof(WellFormed.The_state_is_well_formed), WellFormed.The_state_is_well_formed),
        new(
            nameof(NaiveDerivation.What_is_derived_follows_from_the_registers),
            NaiveDerivation.What_is_derived_follows_from_the_registers
        ),
        new(
            nameof(NaiveFold.The_fold_does_what_the_specification_says),
            NaiveFold.The_fold_does_what_the_specification_says
        ),
    ];

    /// <summary>Any order and any repetition of the same receipts gives the same state, as far as C1 says.</summary>
    public static string? C1_Convergence(WorkflowFold fold, History history)
    {
        var arrived = Converged.Of(fold.FoldAll(history.Receipts), fold.Vocabulary);
        var rearranged = Converged.Of(fold.FoldAll(history.Rearranged), fold.Vocabulary);
        return arrived == rearranged ? null : $"as it arrived:\n{arrived}rearranged:\n{rearranged}";
    }

    /// <summary>
    /// No register's phase ever goes back, no rank within a phase or an outcome, no outcome is forgotten, and nothing
    /// that is known vanishes.
    /// </summary>
    public static string? C2_Monotony(WorkflowFold fold, History history)
    {
        foreach (var (before, _, result) in fold.Steps(history.Receipts))
        {
            var after = result.State.Registers().ToDictionary(pair => pair.Subject, pair => pair.Register);
            foreach (var (subject, register) in before.Registers())
            {
                if (!after.TryGetValue(subject, out var later))
                    return $"{subject} vanished with receipt {result.State.Seq}";

                if (later.Phase < register.Phase)
                    return $"{subject} went back from {register.Phase} to {later.Phase} with receipt "
                        + $"{result.State.Seq}";

                if (later.Phase == register.Phase && later.Rank < register.Rank)
                    return $"{subject} went back from rank {register.Rank} to {later.Rank} with receipt "
                        + $"{result.State.Seq}";

                foreach (var outcome in Enum.GetValues<WorkflowOutcome>())
                {
                    if (
                        register.Word(outcome) is { } known
                        && later.Word(outcome) is { } word
                        && fold.Vocabulary.Read(word).Rank < fold.Vocabulary.Read(known).Rank
                    )
                    {
                        return $"{subject} went back from {known} to {word} with receipt {result.State.Seq}";
                    }

                    if (register.Word(outcome) is not null && later.Word(outcome) is null)
                        return $"{subject} lost its outcome {outcome} with receipt {result.State.Seq}";
                }
            }

            if (before.Nodes.FirstOrDefault(node => result.State.FindNode(node.NodeTaskId) is null) is { } lost)
                return $"node {lost.NodeTaskId} vanished with receipt {result.State.Seq}";
        }

        return null;
    }

    /// <summary>
    /// Delivering a receipt again before anything else has arrived changes nothing and raises no version.
    /// </summary>
    public static string? C5_Idempotence_at_once(WorkflowFold fold, History history)
    {
        foreach (var (_, receipt, result) in fold.Steps(history.Receipts))
        {
            var again = fold.Apply(result.State, receipt);
            if (again.Effect >= ReceiptEffect.Advanced)
                return $"receipt {result.State.Seq} was {again.Effect} when it came again at once";

            // Unchanged arrays and registers are the same instances, so that this compares everything.
            if (again.State with { Seq = result.State.Seq } != result.State)
                return $"receipt {result.State.Seq} changed something when it came again at once";
        }

        return null;
    }

    /// <summary>Delivering a receipt again, whenever, changes no phase and no ended word.</summary>
    public static string? C5_Idempotence_later(WorkflowFold fold, History history)
    {
        var state = fold.FoldAll(history.Receipts);
        var settled = Converged.Of(state, fold.Vocabulary);
        foreach (var receipt in history.Receipts)
        {
            state = fold.Apply(state, receipt).State;
            var again = Converged.Of(state, fold.Vocabulary);
            if (again != settled)
                return $"settled:\n{settled}with {receipt.Id} again:\n{again}";
        }

        return null;
    }
}
