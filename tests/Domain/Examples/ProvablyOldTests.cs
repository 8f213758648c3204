using Orleans.Workflow.Grains.Interfaces;
using static Orleans.Workflow.Domain.Tests.Examples.Entry;

namespace Orleans.Workflow.Domain.Tests.Examples;

/// <summary>
/// A receipt that reports a known task in a lower phase than is known was made before something that was seen.
/// </summary>
public sealed class ProvablyOldTests
{
    [Fact]
    public void A_late_message_does_not_undo_a_pause()
    {
        var story = new Story().Reported("paused", Task("t", "finished")).Reported("running", Task("t", "running"));
        (story.ShownStatus, story.Effect, story.State.Version).ShouldBe(("paused", ReceiptEffect.Stale, 1));
    }

    [Fact]
    public void Without_evidence_only_arrival_decides() =>
        new Story()
            .Reported("paused", Task("t", "running"))
            .Reported("running", Task("t", "running"))
            .ShownStatus.ShouldBe("running");

    [Fact]
    public void It_changes_no_word_of_another_task() =>
        new Story()
            .Reported("running", Task("t", "finished"), Task("u", "paused"))
            .Reported("running", Task("t", "running"), Task("u", "running"))
            .Task("u")
            .Live.ShouldBe("paused");

    [Fact]
    public void It_still_joins_what_it_alone_knows()
    {
        var story = new Story()
            .Reported("running", Task("t", "finished"))
            .Reported(
                "running",
                Task("t", "running"),
                Task("u", "failed"),
                Task("v", "running", node: "m", name: "Only here")
            );
        (story.Task("u").Failed, story.Node("m").Name, story.Effect).ShouldBe(
            ("failed", "Only here", ReceiptEffect.Advanced)
        );
    }

    [Fact]
    public void It_still_raises_a_phase() =>
        new Story()
            .Reported("not started", Task("t", "finished"))
            .Reported("running", Task("t", "running"))
            .ShownStatus.ShouldBe("running");

    [Fact]
    public void The_anonymous_task_is_no_evidence() =>
        new Story()
            .Reported("paused", Anonymous("finished"))
            .Reported("running", Anonymous("running"))
            .ShownStatus.ShouldBe("running");

    [Fact]
    public void A_word_that_is_not_in_the_vocabulary_is_no_evidence_when_reported() =>
        new Story()
            .Reported("paused", Task("t", "finished"))
            .Reported("running", Task("t", "rechecking"))
            .ShownStatus.ShouldBe("running");

    [Fact]
    public void A_word_that_is_not_in_the_vocabulary_is_no_evidence_when_known() =>
        new Story()
            .Reported("paused", Task("t", "rechecking"))
            .Reported("running", Task("t", "pending"))
            .ShownStatus.ShouldBe("running");

    [Fact]
    public void The_status_of_the_workflow_is_no_evidence()
    {
        var story = new Story().Reported("finished", Task("t", "paused")).Reported("running", Task("t", "running"));
        story.Task("t").Live.ShouldBe("running");
    }

    [Fact]
    public void The_reduced_form_is_the_evidence() =>
        new Story()
            .Reported("paused", Task("t", "finished"))
            .Reported("running", Task("t", "finished"), Task("t", "running"))
            .ShownStatus.ShouldBe("paused");

    [Fact]
    public void It_is_judged_before_anything_of_the_receipt_joins() =>
        new Story()
            .Reported("paused", Task("t", "running"))
            .Reported("running", Task("t", "finished"), Task("u", "pending"))
            .ShownStatus.ShouldBe("running");
}
