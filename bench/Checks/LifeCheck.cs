using Orleans.Workflow.Benchmarks.Workloads;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Benchmarks.Checks;

/// <summary>
/// Makes sure, by the fold, that each notification of a life changes something, as the workloads promise.
/// </summary>
internal static class LifeCheck
{
    private const int StepsChecked = 250;

    /// <exception cref="BenchmarkException">A notification changes nothing.</exception>
    public static void Demand(ILife life)
    {
        var fold = new WorkflowFold(Vocabulary.Default);
        var history = History.Of(life, 1, 0, Enumerable.Range(0, Math.Min(life.Steps, StepsChecked)));
        var state = WorkflowState.Unknown(history.Workflow.ToString());
        foreach (var body in history.Bodies)
        {
            var folded = fold.Apply(state, new Receipt(Guid.CreateVersion7(), 0, "airudder", VendorJson.Read(body)));
            if (folded.Effect != ReceiptEffect.Advanced)
                throw new BenchmarkException(
                    $"Notification {folded.State.Seq} of {life.GetType().Name} is {folded.Effect}, where each "
                        + "should advance its workflow."
                );

            state = folded.State;
        }
    }
}
