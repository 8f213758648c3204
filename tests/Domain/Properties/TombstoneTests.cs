using CsCheck;
using Orleans.Workflow.Domain.Tests.Histories;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>No receipt changes a deleted workflow.</summary>
public sealed class TombstoneTests
{
    [Fact]
    public void Nothing_brings_a_tombstone_back_to_life() =>
        HistoryGen.FoldAndHistory.Sample(
            static (fold, history) =>
            {
                var tombstone = fold.FoldAll(history.Receipts).ToTombstone();
                var state = tombstone;
                foreach (var receipt in history.Rearranged)
                {
                    var result = fold.Apply(state, receipt);
                    result.Effect.ShouldBe(ReceiptEffect.Stale);
                    result.Transitions.ShouldBeEmpty();
                    state = result.State;
                }

                state.Seq.ShouldBe(tombstone.Seq + history.Rearranged.Length, "each is counted");
                (
                    state with
                    {
                        Seq = tombstone.Seq,
                        FirstReceivedAt = tombstone.FirstReceivedAt,
                        LastReceivedAt = tombstone.LastReceivedAt,
                    }
                ).ShouldBe(tombstone);
            },
            iter: 5_000,
            print: static sample => sample.Item2.ToString()
        );

    [Fact]
    public void A_tombstone_holds_its_end_and_no_name_and_no_node()
    {
        var state = new WorkflowFold(Vocabulary.Default).FoldAll([
            new Receipt(
                Guid.Empty,
                1,
                "airudder",
                new StatusChange("w1", "Autumn", "finished", [new("n", "Call", "call", "t", "finished")])
            ),
        ]);

        var tombstone = state.ToTombstone();

        tombstone.Status.ShouldBe(state.Status);
        (tombstone.Seq, tombstone.Version, tombstone.IsDeleted).ShouldBe((1, 1, true));
        (tombstone.Name, tombstone.Nodes.Length, tombstone.Sources.Length).ShouldBe((null, 0, 0));
    }
}
