using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>One reason to look.</summary>
/// <param name="Kind">What is odd.</param>
/// <param name="Subject">Where.</param>
/// <param name="Detail">The words or sources that show it.</param>
public readonly record struct Attention(AttentionReason Kind, Subject Subject, ImmutableArray<string> Detail)
{
    /// <summary>Derives what is odd about a state.</summary>
    public static ImmutableArray<Attention> Of(WorkflowState state, ImmutableArray<WorkflowOutcome> ranking)
    {
        ArgumentNullException.ThrowIfNull(state);
        var found = ImmutableArray.CreateBuilder<Attention>(initialCapacity: 0);
        if (state.Status is { } status)
            OfRegister(found, Subject.Workflow, status, ranking);

        foreach (var node in state.Nodes)
        {
            foreach (var task in node.Tasks)
                OfRegister(found, Subject.Task(node.NodeTaskId, task.TaskId), task.Status, ranking);

            if (state.Status?.Phase == WorkflowPhase.Ended)
                OfUnfinished(found, node);
        }

        if (state.Sources.Length > 1)
            found.Add(new Attention(AttentionReason.SeveralSources, Subject.Workflow, state.Sources));

        return found.DrainToImmutable();
    }

    /// <summary>
    /// The kinds that <see cref="Of"/> finds in a state, as a set of bits, without making what it finds.
    /// </summary>
    public static int BitsOf(WorkflowState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var bits = state.Sources.Length > 1 ? Bit(AttentionReason.SeveralSources) : 0;
        if (state.Status is { } status)
            bits |= BitsOf(status);

        var totals = state.Totals;
        return bits
            | (totals.Contested > 0 ? Bit(AttentionReason.ConflictingOutcome) : 0)
            | (totals.Unrecognised > 0 ? Bit(AttentionReason.UnrecognisedStatus) : 0)
            | (
                totals.Unfinished > 0 && state.Status?.Phase == WorkflowPhase.Ended
                    ? Bit(AttentionReason.UnfinishedTasks)
                    : 0
            );
    }

    /// <summary>The kinds found, as a set of bits (1 shifted left by the kind).</summary>
    public static int Bits(ImmutableArray<Attention> found)
    {
        var bits = 0;
        foreach (var attention in found)
            bits |= 1 << (int)attention.Kind;

        return bits;
    }

    private static int BitsOf(StatusRegister register) =>
        (register.IsContested ? Bit(AttentionReason.ConflictingOutcome) : 0)
        | (register.Unrecognised ? Bit(AttentionReason.UnrecognisedStatus) : 0);

    private static int Bit(AttentionReason kind) => 1 << (int)kind;

    private static void OfRegister(
        ImmutableArray<Attention>.Builder found,
        Subject subject,
        StatusRegister register,
        ImmutableArray<WorkflowOutcome> ranking
    )
    {
        if (register.IsContested)
            found.Add(new Attention(AttentionReason.ConflictingOutcome, subject, register.Contested(ranking)));

        if (register.Unrecognised)
            found.Add(new Attention(AttentionReason.UnrecognisedStatus, subject, [register.Live!]));
    }

    private static void OfUnfinished(ImmutableArray<Attention>.Builder found, NodeState node)
    {
        var skip = node.Tasks is [{ TaskId: null }, _, ..] ? 1 : 0;
        foreach (var task in node.Tasks.AsSpan()[skip..])
        {
            if (task.Status is { Phase: not WorkflowPhase.Ended, Live: { } word })
                found.Add(
                    new Attention(AttentionReason.UnfinishedTasks, Subject.Task(node.NodeTaskId, task.TaskId), [word])
                );
        }
    }
}
