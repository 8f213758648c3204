using Orleans.Workflow.Grains.Interfaces;
using static Orleans.Workflow.Domain.Tests.Examples.Entry;

namespace Orleans.Workflow.Domain.Tests.Examples;

/// <summary>
/// The effect of a receipt is the greatest of what it did, and the version counts the receipts that changed something.
/// </summary>
public sealed class EffectTests
{
    [Fact]
    public void Conflict_outranks_what_else_changed() =>
        new Story()
            .Reported("running", Task("t", "finished"))
            .Reported("finished", Task("t", "failed"), Task("u", "running"))
            .Effect.ShouldBe(ReceiptEffect.Conflict);

    [Fact]
    public void Advanced_outranks_what_lagged() =>
        new Story()
            .Reported("running", Task("t", "finished"))
            .Reported("running", Task("t", "running"), Task("u", "running"))
            .Effect.ShouldBe(ReceiptEffect.Advanced);

    [Fact]
    public void Stale_outranks_what_was_known() =>
        new Story()
            .Reported("running", Task("t", "finished"), Task("u", "running"))
            .Reported("running", Task("t", "running"), Task("u", "running"))
            .Effect.ShouldBe(ReceiptEffect.Stale);

    [Fact]
    public void Nothing_new_is_a_duplicate() =>
        new Story().Reported("running", Node()).Reported("running", Node()).Effect.ShouldBe(ReceiptEffect.Duplicate);

    [Fact]
    public void One_receipt_raises_the_version_by_one_however_much_it_changes()
    {
        var story = new Story()
            .Reported("running", Task("t", "running"), Node("m"))
            .Reported("finished", Task("t", "finished"), Node("o"));
        (story.State.Version, story.State.Seq, story.Transitions.Length).ShouldBe((2, 2, 3));
    }

    [Fact]
    public void What_changes_nothing_raises_the_sequence_number_only()
    {
        var story = new Story().Reported("finished").Reported("finished").Reported("running");
        (story.State.Version, story.State.Seq, story.Transitions.IsEmpty).ShouldBe((1, 3, true));
        (story.State.LastChangedAt, story.State.LastReceivedAt - story.State.FirstReceivedAt).ShouldBe(
            (story.State.FirstReceivedAt, 2)
        );
    }

    [Fact]
    public void A_transition_has_the_old_value_the_new_value_and_the_rule() =>
        new Story()
            .Reported("running")
            .Reported("Finished")
            .Transitions.ShouldHaveSingleItem()
            .ShouldBe(
                new Transition(
                    TransitionKind.StatusChanged,
                    Subject.Workflow,
                    new StatusValue("running", WorkflowPhase.Active, null),
                    new StatusValue("Finished", WorkflowPhase.Ended, WorkflowOutcome.Completed),
                    null,
                    "Finished",
                    Rule.HigherPhase
                )
            );
}
