using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Checker;

/// <summary>A product in memory that does as it should: what is sent to it and what it shows.</summary>
internal static class FaithfulProduct
{
    private const long FirstReceivedAt = 1_795_341_600_000;

    /// <summary>Takes the deliveries of one workflow; each is acknowledged at the first attempt.</summary>
    public static (ImmutableArray<Sending> Sent, ShownWorkflow Shown) Take(
        IEnumerable<PlannedDelivery> plannedDeliveries
    )
    {
        var sent = ImmutableArray.CreateBuilder<Sending>();
        var receipts = ImmutableArray.CreateBuilder<ShownReceipt>();
        var history = ImmutableArray.CreateBuilder<JsonElement>();
        WorkflowState? state = null;
        foreach (var plannedDelivery in plannedDeliveries)
        {
            state ??= WorkflowState.Unknown(plannedDelivery.WorkflowId);
            var receipt = new Receipt(
                new Guid(receipts.Count + 1, 0, 0, new byte[8]),
                FirstReceivedAt + receipts.Count,
                plannedDelivery.Source,
                plannedDelivery.Said
            );
            var result = Evidence.Fold.Apply(state, receipt);
            state = result.State;
            var shown = new ShownReceipt(
                receipt.Id,
                state.Seq,
                receipt.ReceivedAt,
                plannedDelivery.Source,
                ExpectedJson.Word<ReceiptEffect>(result.Effect)!,
                state.Version,
                Encoding.UTF8.GetString(plannedDelivery.Body.AsSpan())
            );
            receipts.Add(shown);
            history.AddRange(
                ExpectedJson
                    .Transitions(new FoldedReceipt(shown, result))
                    .Select(static transition => JsonSerializer.SerializeToElement(transition))
            );
            sent.Add(
                new Sending(
                    plannedDelivery,
                    new Uri("http://product"),
                    0,
                    1,
                    1,
                    "200",
                    new Acknowledged(shown.Id, shown.Effect, shown.Version)
                )
            );
        }

        return (
            sent.DrainToImmutable(),
            new ShownWorkflow
            {
                WorkflowId = state!.WorkflowId,
                State = JsonSerializer.SerializeToElement(ExpectedJson.State(state)),
                Receipts = receipts.DrainToImmutable(),
                History = history.DrainToImmutable(),
                Nodes = state.Nodes.ToImmutableDictionary(
                    static node => node.NodeTaskId,
                    static node => JsonSerializer.SerializeToElement(ExpectedJson.Node(node))
                ),
                Row = JsonSerializer.SerializeToElement(ExpectedJson.Row(state)),
            }
        );
    }
}
