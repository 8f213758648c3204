using Orleans.Workflow.Grains.Interfaces;
using static Orleans.Workflow.Domain.Tests.Examples.Entry;

namespace Orleans.Workflow.Domain.Tests.Examples;

/// <summary>We never guess; we show.</summary>
public sealed class AttentionTests
{
    [Fact]
    public void Usual_receipts_need_no_attention() =>
        new Story()
            .Reported("running", Task("t", "running"))
            .Reported("finished", Task("t", "finished"), Node("m"))
            .Attention.ShouldBeEmpty();

    [Fact]
    public void Several_outcomes_name_the_words_the_strongest_first()
    {
        var story = new Story().Reported("finished").Reported("cancelled").Reported("FAILED");
        (story.ShownStatus, story.Status.OutcomeBy(Vocabulary.DefaultRanking)).ShouldBe(
            ("FAILED", WorkflowOutcome.Failed)
        );
        var found = story.Attention.ShouldHaveSingleItem();
        (found.Kind, found.Subject).ShouldBe((AttentionReason.ConflictingOutcome, Subject.Workflow));
        found.Detail.ShouldBe(["FAILED", "cancelled", "finished"]);
    }

    [Fact]
    public void A_task_with_several_reported_outcomes_is_named() =>
        new Story()
            .Reported("running", Task("t", "done"), Task("t", "error"))
            .Attention.ShouldHaveSingleItem()
            .Subject.ShouldBe(Subject.Task("n", "t"));

    [Fact]
    public void Two_words_for_one_outcome_are_no_contradiction() =>
        new Story().Reported("finished").Reported("done").Attention.ShouldBeEmpty();

    [Fact]
    public void An_ended_workflow_shows_its_unfinished_tasks()
    {
        var story = new Story().Reported(
            "finished",
            Task("t", "running"),
            Task("u", "finished"),
            Task("v", "pending", node: "m")
        );
        story
            .Attention.Select(static found => (found.Kind, found.Subject, found.Detail.Single()))
            .ShouldBe([
                (AttentionReason.UnfinishedTasks, Subject.Task("m", "v"), "pending"),
                (AttentionReason.UnfinishedTasks, Subject.Task("n", "t"), "running"),
            ]);
        story.Status.Phase.ShouldBe(WorkflowPhase.Ended);
    }

    [Fact]
    public void The_anonymous_task_is_not_unfinished_beside_a_named_one() =>
        new Story().Reported("finished", Anonymous("running"), Task("t", "finished")).Attention.ShouldBeEmpty();

    [Fact]
    public void The_anonymous_task_alone_is_unfinished() =>
        new Story()
            .Reported("finished", Anonymous("running"))
            .Attention.ShouldHaveSingleItem()
            .Subject.ShouldBe(Subject.Task("n", null));

    [Fact]
    public void An_unrecognised_word_is_shown_until_another_takes_its_place()
    {
        var story = new Story().Reported("On-Hold");
        var found = story.Attention.ShouldHaveSingleItem();
        (found.Kind, found.Detail.Single()).ShouldBe((AttentionReason.UnrecognisedStatus, "On-Hold"));
        story.Reported("running").Attention.ShouldBeEmpty();
    }

    [Fact]
    public void Several_sources_are_named()
    {
        var story = new Story().ReportedBy("b", "running").ReportedBy("a", "running");
        (story.Effect, story.Transitions.Single().Kind).ShouldBe((ReceiptEffect.Advanced, TransitionKind.SourceAdded));
        story.Attention.ShouldHaveSingleItem().Detail.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void The_kinds_are_bits() =>
        Attention.Bits(new Story().ReportedBy("b", "finished").ReportedBy("a", "failed").Attention).ShouldBe(0b1001);
}
