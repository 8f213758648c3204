namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>Folds many receipts.</summary>
internal static class Folding
{
    public static WorkflowState FoldAll(this WorkflowFold fold, IEnumerable<Receipt> receipts) =>
        receipts.Aggregate(WorkflowState.Unknown("w1"), (state, receipt) => fold.Apply(state, receipt).State);

    /// <summary>Each receipt with the state before it and its result.</summary>
    public static IEnumerable<(WorkflowState Before, Receipt Receipt, FoldResult Result)> Steps(
        this WorkflowFold fold,
        IEnumerable<Receipt> receipts
    )
    {
        var state = WorkflowState.Unknown("w1");
        foreach (var receipt in receipts)
        {
            var result = fold.Apply(state, receipt);
            yield return (state, receipt, result);
            state = result.State;
        }
    }

    /// <summary>All registers of a state with what they belong to.</summary>
    public static IEnumerable<(Subject Subject, StatusRegister Register)> Registers(this WorkflowState state)
    {
        if (state.Status is { } status)
            yield return (Subject.Workflow, status);

        foreach (var node in state.Nodes)
        {
            foreach (var task in node.Tasks)
                yield return (Subject.Task(node.NodeTaskId, task.TaskId), task.Status);
        }
    }
}
