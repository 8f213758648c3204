using Orleans.Workflow.Grains.Interfaces;
using static Orleans.Workflow.Domain.Tests.Examples.Entry;

namespace Orleans.Workflow.Domain.Tests.Examples;

/// <summary>One payload that lists a key more than once is first reduced to one observation per key.</summary>
public sealed class ReductionTests
{
    [Theory]
    [InlineData("running", "finished")]
    [InlineData("finished", "running")]
    public void The_least_advanced_entry_of_a_task_counts(string first, string second)
    {
        var story = new Story().Reported("running", Task("t", first), Task("t", second));
        (story.Task("t").Phase, story.Task("t").Live, story.Task("t").Completed).ShouldBe(
            (WorkflowPhase.Active, "running", null)
        );
    }

    [Fact]
    public void Of_several_entries_in_one_live_phase_the_last_listed_counts() =>
        new Story()
            .Reported("running", Task("t", "running"), Task("t", "paused"), Task("t", "resumed"), Task("t", "finished"))
            .Task("t")
            .Live.ShouldBe("resumed");

    [Theory]
    [InlineData("sending", "sent")]
    [InlineData("sent", "sending")]
    public void Of_several_entries_in_one_live_phase_the_one_of_the_lowest_rank_counts(string first, string second) =>
        new Story().Reported("running", Task("t", first), Task("t", second)).Task("t").Live.ShouldBe("sending");

    [Fact]
    public void If_all_entries_have_ended_all_of_them_join()
    {
        var story = new Story().Reported("running", Task("t", "finished"), Task("t", "failed"), Task("t", "done"));
        (story.Task("t").Completed, story.Task("t").Failed, story.Effect).ShouldBe(
            ("done", "failed", ReceiptEffect.Conflict)
        );
    }

    [Fact]
    public void An_end_listed_before_a_live_entry_does_not_come_back_with_a_later_end() =>
        new Story()
            .Reported("running", Task("t", "finished"), Task("t", "running"), Task("t", "failed"))
            .Task("t")
            .Phase.ShouldBe(WorkflowPhase.Active);

    [Fact]
    public void Several_ends_listed_before_a_live_entry_do_not_count() =>
        new Story()
            .Reported("running", Task("t", "finished"), Task("t", "failed"), Task("t", "running"))
            .Task("t")
            .Phase.ShouldBe(WorkflowPhase.Active);

    [Fact]
    public void An_unrecognised_word_counts_as_active_among_the_entries_of_a_task() =>
        new Story()
            .Reported("running", Task("t", "finished"), Task("t", "rechecking"))
            .Task("t")
            .Live.ShouldBe("rechecking");

    [Fact]
    public void Entries_without_a_status_do_not_count_for_a_task_that_has_one() =>
        new Story().Reported("running", Task("t", "running"), Task("t", null!)).Task("t").Live.ShouldBe("running");

    [Fact]
    public void Of_names_the_last_listed_counts()
    {
        var story = new Story().Reported(
            "running",
            Task("t", "running", name: "First", type: "call"),
            Task("u", "running", name: "Last", type: "sms")
        );
        (story.Node().Name, story.Node().NodeType).ShouldBe(("Last", "sms"));
    }

    [Fact]
    public void An_entry_without_a_status_observes_its_node_and_creates_no_task() =>
        new Story()
            .Reported("running", Node("n"), new StatusChangeAction("m", "", "", "t", null))
            .State.Nodes.ShouldAllBe(static node => node.Tasks.IsEmpty);

    [Fact]
    public void The_anonymous_task_is_a_task_of_its_own() =>
        new Story()
            .Reported("running", Anonymous("running"), Task("t", "finished"))
            .Node()
            .Tasks.Select(static task => (task.TaskId, task.Status.Phase))
            .ShouldBe([(null, WorkflowPhase.Active), ("t", WorkflowPhase.Ended)]);

    [Fact]
    public void The_same_task_id_below_two_nodes_is_two_tasks()
    {
        var story = new Story().Reported("running", Task("t", "running", node: "a"), Task("t", "finished", node: "b"));
        (story.Task("t", "a").Phase, story.Task("t", "b").Phase).ShouldBe((WorkflowPhase.Active, WorkflowPhase.Ended));
    }

    [Fact]
    public void Ids_are_compared_byte_for_byte() =>
        new Story()
            .Reported("running", Node("n"), Node("N"), Node("n "), Node("\u00e9"), Node("e\u0301"))
            .State.Nodes.Length.ShouldBe(5);

    [Fact]
    public void Nodes_and_tasks_that_a_later_receipt_omits_stay()
    {
        var story = new Story()
            .Reported("running", Task("t", "running"), Task("u", "running"), Node("m"))
            .Reported("running", Task("u", "finished"));
        story.State.Nodes.Select(static node => node.NodeTaskId).ShouldBe(["m", "n"]);
        story.Task("t").Live.ShouldBe("running");
    }
}
