using Orleans.Workflow.Grains.Interfaces;
using static Orleans.Workflow.Domain.Tests.Examples.Entry;

namespace Orleans.Workflow.Domain.Tests.Examples;

/// <summary>Names follow the last receipt that is neither provably old nor behind the workflow's phase.</summary>
public sealed class NameTests
{
    [Fact]
    public void A_receipt_without_a_name_says_nothing_of_it_in_any_order()
    {
        static StatusChangeAction Nameless() => new("n", null, null, "t", "running");
        var before = new Story()
            .ReportedAs(null!, "running", Nameless())
            .ReportedAs("Spring", "pending", Entry.Task("t", "pending", name: "Call7", type: "sms"));
        var after = new Story()
            .ReportedAs("Spring", "pending", Entry.Task("t", "pending", name: "Call7", type: "sms"))
            .ReportedAs(null!, "running", Nameless());

        foreach (var story in (Story[])[before, after])
            (story.State.Name, story.Node().Name, story.Node().NodeType, story.State.Version).ShouldBe(
                ("Spring", "Call7", "sms", 2)
            );
    }

    [Fact]
    public void Of_a_node_that_is_listed_twice_a_name_counts_that_only_one_entry_has() =>
        new Story()
            .Reported(
                "running",
                Entry.Task("t", "running", name: "Call7"),
                new StatusChangeAction("n", null, "sms", "u", "running")
            )
            .Node()
            .Name.ShouldBe("Call7");

    [Fact]
    public void A_reported_empty_name_is_a_name() =>
        new Story().ReportedAs("Spring", "running").ReportedAs("", "running").State.Name.ShouldBe("");

    [Fact]
    public void The_first_name_is_taken_and_is_no_renaming()
    {
        var story = new Story().ReportedAs("Autumn", "running", Node("n", "Call1"));
        (story.State.Name, story.Node().Name, story.Node().NodeType).ShouldBe(("Autumn", "Call1", "call"));
        story
            .Transitions.Select(static change => change.Kind)
            .ShouldBe([TransitionKind.StatusChanged, TransitionKind.NodeAdded]);
    }

    [Fact]
    public void A_changed_name_of_the_workflow_is_advanced()
    {
        var story = new Story().ReportedAs("Autumn", "running").ReportedAs("Winter", "running");
        (story.State.Name, story.Effect, story.State.Version).ShouldBe(("Winter", ReceiptEffect.Advanced, 2));
        story.Transitions.ShouldBe([
            new Transition(TransitionKind.WorkflowRenamed, Subject.Workflow, null, null, "Autumn", "Winter", null),
        ]);
    }

    [Fact]
    public void A_changed_name_and_type_of_a_node_are_advanced()
    {
        var story = new Story()
            .Reported("running", Node("n", "Call1", "call"))
            .Reported("running", Node("n", "SMS1", "sms"));
        (story.Node().Name, story.Node().NodeType, story.Node().Version, story.Effect).ShouldBe(
            ("SMS1", "sms", 2, ReceiptEffect.Advanced)
        );
        story
            .Transitions.Select(static change => change.Kind)
            .ShouldBe([TransitionKind.NodeRenamed, TransitionKind.NodeRetyped]);
    }

    [Fact]
    public void A_name_may_become_empty() =>
        new Story().ReportedAs("Autumn", "running").ReportedAs("", "running").State.Name.ShouldBe("");

    [Fact]
    public void A_receipt_behind_the_phase_of_the_workflow_renames_nothing()
    {
        var story = new Story()
            .ReportedAs("Winter", "finished", Node("n", "New"))
            .ReportedAs("Autumn", "running", Node("n", "Old"));
        (story.State.Name, story.Node().Name, story.Effect).ShouldBe(("Winter", "New", ReceiptEffect.Stale));
    }

    [Fact]
    public void A_provably_old_receipt_renames_nothing()
    {
        var story = new Story()
            .ReportedAs("Winter", "running", Task("t", "finished", name: "New"))
            .ReportedAs("Autumn", "running", Task("t", "running", name: "Old"));
        (story.State.Name, story.Node().Name, story.Effect).ShouldBe(("Winter", "New", ReceiptEffect.Stale));
    }

    [Fact]
    public void The_first_sight_of_a_node_takes_its_names_even_from_a_receipt_that_is_behind() =>
        new Story().Reported("finished").Reported("running", Node("n", "Call1")).Node().Name.ShouldBe("Call1");

    [Fact]
    public void A_receipt_in_a_higher_phase_renames() =>
        new Story().ReportedAs("Autumn", "running").ReportedAs("Winter", "finished").State.Name.ShouldBe("Winter");
}
