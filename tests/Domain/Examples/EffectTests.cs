using Orleans.Workflow.Grains.Domain;
using static Orleans.Workflow.Domain.Tests.Examples.Entry;

namespace Orleans.Workflow.Domain.Tests.Examples;

/// <summary>The effect of a receipt is the greatest of what it did, and the version counts the receipts that changed something.</summary>
public sealed class EffectTests
{
    [Fact]
    public void Conflict_outranks_what_else_changed() =>
        new Story().Told("running", Task("t", "finished")).Told("finished", Task("t", "failed"), Task("u", "running")).Effect.ShouldBe(Effect.Conflict);

    [Fact]
    public void Advanced_outranks_what_lagged() =>
        new Story().Told("running", Task("t", "finished")).Told("running", Task("t", "running"), Task("u", "running")).Effect.ShouldBe(Effect.Advanced);

    [Fact]
    public void Stale_outranks_what_was_known() =>
        new Story().Told("running", Task("t", "finished"), Task("u", "running")).Told("running", Task("t", "running"), Task("u", "running"))
            .Effect.ShouldBe(Effect.Stale);

    [Fact]
    public void Nothing_new_is_a_duplicate() => new Story().Told("running", Node()).Told("running", Node()).Effect.ShouldBe(Effect.Duplicate);

    [Fact]
    public void One_receipt_raises_the_version_by_one_however_much_it_changes()
    {
        var story = new Story().Told("running", Task("t", "running"), Node("m")).Told("finished", Task("t", "finished"), Node("o"));
        (story.State.Version, story.State.Seq, story.Transitions.Length).ShouldBe((2, 2, 3));
    }

    [Fact]
    public void What_changes_nothing_raises_the_sequence_number_only()
    {
        var story = new Story().Told("finished").Told("finished").Told("running");
        (story.State.Version, story.State.Seq, story.Transitions.IsEmpty).ShouldBe((1, 3, true));
        (story.State.LastChangedAt, story.State.LastReceivedAt - story.State.FirstReceivedAt).ShouldBe((story.State.FirstReceivedAt, 2));
    }

    [Fact]
    public void A_transition_tells_from_what_to_what_and_why() =>
        new Story().Told("running").Told("Finished").Transitions.ShouldHaveSingleItem().ShouldBe(new Transition(
            TransitionKind.StatusChanged, Subject.Workflow,
            new Standing("running", Phase.Active, null), new Standing("Finished", Phase.Ended, Outcome.Completed),
            null, "Finished", Rule.HigherPhase));
}
