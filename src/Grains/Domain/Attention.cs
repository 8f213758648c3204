using System.Collections.Immutable;

namespace Orleans.Workflow.Grains.Domain;

/// <summary>Why a person should look at a workflow. The numbers are persisted, as bits.</summary>
public enum AttentionKind
{
    /// <summary>A register was told more than one outcome.</summary>
    ConflictingOutcome = 0,

    /// <summary>The workflow has ended and a task of it has not.</summary>
    UnfinishedTasks = 1,

    /// <summary>A register holds a word outside the vocabulary.</summary>
    UnrecognisedStatus = 2,

    /// <summary>More than one source has reported the workflow.</summary>
    SeveralSources = 3,
}

/// <summary>One reason to look.</summary>
/// <param name="Kind">What is odd.</param>
/// <param name="Subject">Where.</param>
/// <param name="Detail">The words or sources that show it.</param>
public readonly record struct Attention(AttentionKind Kind, Subject Subject, ImmutableArray<string> Detail)
{
    /// <summary>Derives what is odd about a state.</summary>
    public static ImmutableArray<Attention> Of(WorkflowState state, ImmutableArray<Outcome> ranking)
    {
        ArgumentNullException.ThrowIfNull(state);
        var found = ImmutableArray.CreateBuilder<Attention>(initialCapacity: 0);
        if (state.Status is { } status)
            OfRegister(found, Subject.Workflow, status, ranking);

        foreach (var node in state.Nodes)
        {
            foreach (var task in node.Tasks)
                OfRegister(found, Subject.Task(node.NodeTaskId, task.TaskId), task.Status, ranking);

            if (state.Status?.Phase == Phase.Ended)
                OfUnfinished(found, node);
        }

        if (state.Sources.Length > 1)
            found.Add(new Attention(AttentionKind.SeveralSources, Subject.Workflow, state.Sources));

        return found.DrainToImmutable();
    }

    /// <summary>The kinds that <see cref="Of"/> finds in a state, as a set of bits, without making what it finds.</summary>
    public static int BitsOf(WorkflowState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var bits = state.Sources.Length > 1 ? Bit(AttentionKind.SeveralSources) : 0;
        if (state.Status is { } status)
            bits |= BitsOf(status);

        var totals = state.Totals;
        return bits
            | (totals.Contested > 0 ? Bit(AttentionKind.ConflictingOutcome) : 0)
            | (totals.Unrecognised > 0 ? Bit(AttentionKind.UnrecognisedStatus) : 0)
            | (totals.Unfinished > 0 && state.Status?.Phase == Phase.Ended ? Bit(AttentionKind.UnfinishedTasks) : 0);
    }

    /// <summary>The kinds found, as a set of bits (1 shifted left by the kind).</summary>
    public static int Bits(ImmutableArray<Attention> found)
    {
        var bits = 0;
        foreach (var attention in found)
            bits |= 1 << (int)attention.Kind;

        return bits;
    }

    private static int BitsOf(Register register) =>
        (register.IsContested ? Bit(AttentionKind.ConflictingOutcome) : 0) | (register.Unrecognised ? Bit(AttentionKind.UnrecognisedStatus) : 0);

    private static int Bit(AttentionKind kind) => 1 << (int)kind;

    private static void OfRegister(
        ImmutableArray<Attention>.Builder found, Subject subject, Register register, ImmutableArray<Outcome> ranking)
    {
        if (register.IsContested)
            found.Add(new Attention(AttentionKind.ConflictingOutcome, subject, register.Contested(ranking)));

        if (register.Unrecognised)
            found.Add(new Attention(AttentionKind.UnrecognisedStatus, subject, [register.Live!]));
    }

    private static void OfUnfinished(ImmutableArray<Attention>.Builder found, NodeState node)
    {
        var skip = node.Tasks is [{ TaskId: null }, _, ..] ? 1 : 0;
        foreach (var task in node.Tasks.AsSpan()[skip..])
        {
            if (task.Status is { Phase: not Phase.Ended, Live: { } word })
                found.Add(new Attention(AttentionKind.UnfinishedTasks, Subject.Task(node.NodeTaskId, task.TaskId), [word]));
        }
    }
}
