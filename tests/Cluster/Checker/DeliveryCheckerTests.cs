using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orleans.Workflow.Testing.Deliveries;

namespace Orleans.Workflow.Cluster.Tests.Checker;

/// <summary>The checker names what a faulty product breaks, and finds nothing wrong with a faithful one.</summary>
public sealed class DeliveryCheckerTests
{
    private static readonly DeliveryPlan Plan = DeliveryPlan.Generate(seed: 7, workflows: 40, severalSources: true);

    /// <summary>A workflow of which much is known.</summary>
    private static readonly (ImmutableArray<Sending> Sent, ShownWorkflow Shown) Taken = Plan
        .Deliveries.GroupBy(static plannedDelivery => plannedDelivery.WorkflowId)
        .Select(FaithfulProduct.Take)
        .MaxBy(static taken => taken.Shown.History.Length);

    [Fact]
    public void A_faithful_product_breaks_nothing()
    {
        foreach (var plannedDeliveries in Plan.Deliveries.GroupBy(static plannedDelivery => plannedDelivery.WorkflowId))
        {
            var (sent, shown) = FaithfulProduct.Take(plannedDeliveries);
            DeliveryChecker.Check(plannedDeliveries.Key, sent, shown).ShouldBeEmpty();
        }
    }

    [Fact]
    public void An_acknowledged_receipt_that_is_missing_breaks_C3() =>
        Broken(Taken.Shown with { Receipts = Taken.Shown.Receipts.RemoveAt(2) })
            .ShouldContain("C3 acknowledged means folded");

    [Fact]
    public void An_acknowledged_workflow_that_is_missing_breaks_C3() =>
        Broken(shown: null).ShouldBe(["C3 acknowledged means folded"]);

    [Fact]
    public void Another_effect_than_was_acknowledged_breaks_C3()
    {
        var acknowledged = Taken.Sent[0].Acknowledged!;
        Broken(
                Taken.Shown,
                Taken.Sent.SetItem(
                    0,
                    Taken.Sent[0] with
                    {
                        Acknowledged = acknowledged with { Version = acknowledged.Version + 1 },
                    }
                )
            )
            .ShouldBe(["C3 acknowledged means folded"]);
    }

    [Fact]
    public void A_receipt_that_nobody_sent_breaks_C4()
    {
        var last = Taken.Shown.Receipts[^1];
        var invented = last with { Id = Guid.AllBitsSet, Seq = last.Seq + 1, Source = "nobody" };
        Broken(Taken.Shown with { Receipts = Taken.Shown.Receipts.Add(invented) }).ShouldContain("C4 nothing invented");
    }

    [Fact]
    public void What_was_sent_once_and_is_there_twice_breaks_C4()
    {
        var last = Taken.Shown.Receipts[^1];
        var doubled = Enumerable
            .Range(1, Taken.Sent.Length)
            .Select(more => last with { Id = new Guid(more, 1, 1, new byte[8]), Seq = last.Seq + more });
        Broken(Taken.Shown with { Receipts = Taken.Shown.Receipts.AddRange(doubled) })
            .ShouldContain("C4 nothing invented");
    }

    [Fact]
    public void What_was_sent_but_not_acknowledged_may_be_there_or_not()
    {
        var (sent, shown) = FaithfulProduct.Take(
            Plan.Deliveries.Where(plannedDelivery => plannedDelivery.WorkflowId == Taken.Shown.WorkflowId)
        );
        var unanswered = sent[0] with { Answer = "no answer", Acknowledged = null };
        Broken(shown, sent.SetItem(0, unanswered)).ShouldBeEmpty();
        Broken(shown, sent.Add(unanswered)).ShouldBeEmpty();
    }

    [Fact]
    public void A_state_that_lost_what_was_said_breaks_C1()
    {
        // Folded was another workflow's worth of deliveries than was said: the last word of each is missing.
        var (_, shown) = FaithfulProduct.Take(Taken.Sent.Take(3).Select(static sending => sending.PlannedDelivery));
        Broken(shown).ShouldContain("C1 convergence");
    }

    [Fact]
    public void Receipts_out_of_order_are_named()
    {
        var receipts = Taken.Shown.Receipts;
        Broken(Taken.Shown with { Receipts = receipts.SetItem(0, receipts[1]).SetItem(1, receipts[0]) })
            .ShouldBe(["receipts in order"]);
    }

    [Fact]
    public void A_state_that_is_not_the_fold_is_named() =>
        Broken(
                Taken.Shown with
                {
                    State = Changed(Taken.Shown.State, static state => state["workflow_name"] = "another"),
                }
            )
            .ShouldBe(["state is the fold"]);

    [Fact]
    public void A_version_that_does_not_count_changes_is_named() =>
        Broken(Taken.Shown with { State = Changed(Taken.Shown.State, static state => state["version"] = 99_999) })
            .ShouldBe(["state is the fold", "version counts changes", "history replays"], ignoreOrder: true);

    [Fact]
    public void A_node_that_differs_from_its_workflow_is_named()
    {
        var (id, node) = Taken.Shown.Nodes.First();
        Broken(
                Taken.Shown with
                {
                    Nodes = Taken.Shown.Nodes.SetItem(id, Changed(node, static own => own["version"] = 0)),
                }
            )
            .ShouldBe(["nodes agree"]);
        Broken(Taken.Shown with { Nodes = Taken.Shown.Nodes.Remove(id) }).ShouldBe(["nodes agree"]);
    }

    [Fact]
    public void A_list_that_lags_is_named()
    {
        Broken(Taken.Shown with { Row = Changed(Taken.Shown.Row!.Value, static row => row["phase"] = "scheduled") })
            .ShouldBe(["list agrees"]);
        Broken(Taken.Shown with { Row = null }).ShouldBe(["list agrees"]);
    }

    [Fact]
    public void A_history_with_a_hole_is_named()
    {
        var versions = Taken.Shown.History.Where(static transition =>
            transition.GetProperty("version").GetInt64() != 2
        );
        Broken(Taken.Shown with { History = [.. versions] }).ShouldContain("history replays");
    }

    private static IEnumerable<string> Broken(ShownWorkflow? shown, ImmutableArray<Sending>? sent = null) =>
        DeliveryChecker
            .Check(Taken.Shown.WorkflowId, sent ?? Taken.Sent, shown)
            .Select(static violation => violation.Check)
            .Distinct();

    private static JsonElement Changed(JsonElement element, Action<JsonObject> change)
    {
        var changed = JsonObject.Create(element)!;
        change(changed);
        return JsonSerializer.SerializeToElement(changed);
    }
}
