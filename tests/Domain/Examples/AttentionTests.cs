using Orleans.Workflow.Grains.Domain;
using static Orleans.Workflow.Domain.Tests.Examples.Entry;

namespace Orleans.Workflow.Domain.Tests.Examples;

/// <summary>We never guess; we show.</summary>
public sealed class AttentionTests
{
    [Fact]
    public void Nothing_odd_is_nothing_to_look_at() =>
        new Story().Told("running", Task("t", "running")).Told("finished", Task("t", "finished"), Node("m")).Attention.ShouldBeEmpty();

    [Fact]
    public void Several_outcomes_name_the_words_the_strongest_first()
    {
        var story = new Story().Told("finished").Told("cancelled").Told("FAILED");
        (story.ShownStatus, story.Status.OutcomeBy(Vocabulary.DefaultRanking)).ShouldBe(("FAILED", Outcome.Failed));
        var found = story.Attention.ShouldHaveSingleItem();
        (found.Kind, found.Subject).ShouldBe((AttentionKind.ConflictingOutcome, Subject.Workflow));
        found.Detail.ShouldBe(["FAILED", "cancelled", "finished"]);
    }

    [Fact]
    public void A_task_that_was_told_several_outcomes_is_named() =>
        new Story().Told("running", Task("t", "done"), Task("t", "error")).Attention
            .ShouldHaveSingleItem().Subject.ShouldBe(Subject.Task("n", "t"));

    [Fact]
    public void Two_words_for_one_outcome_are_no_contradiction() => new Story().Told("finished").Told("done").Attention.ShouldBeEmpty();

    [Fact]
    public void An_ended_workflow_shows_its_unfinished_tasks()
    {
        var story = new Story().Told("finished", Task("t", "running"), Task("u", "finished"), Task("v", "pending", node: "m"));
        story.Attention.Select(static found => (found.Kind, found.Subject, found.Detail.Single())).ShouldBe(
        [
            (AttentionKind.UnfinishedTasks, Subject.Task("m", "v"), "pending"),
            (AttentionKind.UnfinishedTasks, Subject.Task("n", "t"), "running"),
        ]);
        story.Status.Phase.ShouldBe(Phase.Ended);
    }

    [Fact]
    public void The_anonymous_task_is_not_unfinished_beside_a_named_one() =>
        new Story().Told("finished", Anonymous("running"), Task("t", "finished")).Attention.ShouldBeEmpty();

    [Fact]
    public void The_anonymous_task_alone_is_unfinished() =>
        new Story().Told("finished", Anonymous("running")).Attention.ShouldHaveSingleItem().Subject.ShouldBe(Subject.Task("n", null));

    [Fact]
    public void An_unrecognised_word_is_shown_until_another_takes_its_place()
    {
        var story = new Story().Told("On-Hold");
        var found = story.Attention.ShouldHaveSingleItem();
        (found.Kind, found.Detail.Single()).ShouldBe((AttentionKind.UnrecognisedStatus, "On-Hold"));
        story.Told("running").Attention.ShouldBeEmpty();
    }

    [Fact]
    public void Several_sources_are_named()
    {
        var story = new Story().ToldBy("b", "running").ToldBy("a", "running");
        (story.Effect, story.Transitions.Single().Kind).ShouldBe((Effect.Advanced, TransitionKind.SourceAdded));
        story.Attention.ShouldHaveSingleItem().Detail.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void The_kinds_are_bits() =>
        Attention.Bits(new Story().ToldBy("b", "finished").ToldBy("a", "failed").Attention).ShouldBe(0b1001);
}
