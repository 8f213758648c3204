using Orleans.Workflow.Domain.Tests.Histories;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>The shape that everything which reads a state relies on.</summary>
internal static class WellFormed
{
    public static string? The_state_is_well_formed(WorkflowFold fold, History history)
    {
        foreach (var (_, _, result) in fold.Steps(history.Receipts))
        {
            var state = result.State;
            if (state.Status is null || state.Fingerprint != fold.Vocabulary.Fingerprint)
                return "a status or the vocabulary's fingerprint is missing";

            if (
                !IsAscending(state.Nodes.Select(static node => (string?)node.NodeTaskId)) || !IsAscending(state.Sources)
            )
                return $"nodes or sources are out of order after receipt {state.Seq}";

            if (
                state.Nodes.FirstOrDefault(static node =>
                    !IsAscending(node.Tasks.Select(static task => task.TaskId))
                ) is
                { } node
            )
                return $"the tasks of {node.NodeTaskId} are out of order after receipt {state.Seq}";

            if (state.Nodes.Any(known => !ReferenceEquals(known, state.FindNode(known.NodeTaskId))))
                return $"a node cannot be found after receipt {state.Seq}";

            foreach (var (subject, register) in state.Registers())
            {
                if (!IsSound(register, fold.Vocabulary, state.Seq))
                    return $"{subject} holds {register} after receipt {state.Seq}";
            }
        }

        return null;
    }

    private static bool IsSound(StatusRegister register, Vocabulary vocabulary, long seq)
    {
        var ends = Enum.GetValues<WorkflowOutcome>().Count(outcome => register.Word(outcome) is not null);
        return register.DecidedBy >= 1
            && register.DecidedBy <= seq
            && register.IsContested == ends > 1
            && (
                register.Phase == WorkflowPhase.Ended
                    ? ends > 0 && register.Live is null && !register.Unrecognised && register.Rank == 0
                    : ends == 0
                        && register.Live is not null
                        && (
                            register.Unrecognised
                                ? register.Phase == WorkflowPhase.Active
                                : vocabulary.Read(register.Live).Rank == register.Rank
                        )
            );
    }

    private static bool IsAscending(IEnumerable<string?> keys)
    {
        var list = keys.ToList();
        return list.Zip(list.Skip(1), string.CompareOrdinal).All(static order => order < 0);
    }
}
