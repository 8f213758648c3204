using System.Collections.Immutable;
using System.Text;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>A shown receipt and what folding it gives, after those before it.</summary>
/// <param name="Shown">The receipt.</param>
/// <param name="Result">The state, the effect and the transitions.</param>
public readonly record struct FoldedReceipt(ShownReceipt Shown, FoldResult Result);

/// <summary>What was sent of one workflow and what the product shows of it.</summary>
public sealed class Evidence
{
    /// <summary>The fold that the product is held to.</summary>
    public static readonly WorkflowFold Fold = new(Vocabulary.Default);

    /// <summary>Gathers the evidence of a workflow.</summary>
    /// <param name="sendings">Every attempt to deliver something of it.</param>
    /// <param name="shown">What the product shows.</param>
    public Evidence(ImmutableArray<Sending> sendings, ShownWorkflow shown)
    {
        ArgumentNullException.ThrowIfNull(shown);
        (Sendings, Shown) = (sendings, shown);
        var state = WorkflowState.Unknown(shown.WorkflowId);
        var folded = ImmutableArray.CreateBuilder<FoldedReceipt>();
        foreach (var receipt in shown.Receipts.OrderBy(static receipt => receipt.Seq))
        {
            var notification = VendorJson.Read(Encoding.UTF8.GetBytes(receipt.Body));
            var result = Fold.Apply(state, new Receipt(receipt.Id, receipt.ReceivedAt, receipt.Source, notification));
            folded.Add(new FoldedReceipt(receipt, result));
            state = result.State;
        }

        (Folded, State) = (folded.DrainToImmutable(), state);
    }

    /// <summary>Every attempt to deliver something of the workflow.</summary>
    public ImmutableArray<Sending> Sendings { get; }

    /// <summary>What the product shows.</summary>
    public ShownWorkflow Shown { get; }

    /// <summary>The fold of the shown receipts, step by step, in the order of <c>seq</c>.</summary>
    public ImmutableArray<FoldedReceipt> Folded { get; }

    /// <summary>The state that the shown receipts give.</summary>
    public WorkflowState State { get; }
}
