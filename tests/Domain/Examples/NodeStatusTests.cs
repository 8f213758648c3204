using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;
using static Orleans.Workflow.Domain.Tests.Examples.Entry;

namespace Orleans.Workflow.Domain.Tests.Examples;

/// <summary>
/// A node's status is its least advanced task's; if all have ended, that of the outcome that ranks highest.
/// </summary>
public sealed class NodeStatusTests
{
    [Fact]
    public void A_node_without_a_task_has_no_status() =>
        new Story().Reported("finished", Node()).StatusValue().ShouldBeNull();

    [Fact]
    public void The_least_advanced_task_counts() =>
        new Story()
            .Reported("running", Task("t", "finished"), Task("u", "pending"), Task("v", "running"))
            .StatusValue()
            .ShouldBe(new StatusValue("pending", WorkflowPhase.Scheduled, null));

    [Fact]
    public void Of_tasks_in_one_live_phase_the_one_of_the_lowest_rank_counts() =>
        new Story()
            .Reported("running", Task("t", "answered"), Task("u", "ringing"), Task("v", "connected"))
            .StatusValue()
            .ShouldBe(new StatusValue("ringing", WorkflowPhase.Active, null));

    [Fact]
    public void If_all_have_ended_the_outcome_that_ranks_highest_counts() =>
        new Story()
            .Reported("running", Task("t", "finished"), Task("u", "error"), Task("v", "stopped"))
            .StatusValue()
            .ShouldBe(new StatusValue("error", WorkflowPhase.Ended, WorkflowOutcome.Failed));

    [Fact]
    public void The_ranking_is_that_of_the_vocabulary()
    {
        ImmutableArray<WorkflowOutcome> kind =
        [
            WorkflowOutcome.Completed,
            WorkflowOutcome.Cancelled,
            WorkflowOutcome.Failed,
        ];
        new Story(new WorkflowFold(new Vocabulary(Vocabulary.DefaultWords, kind)))
            .Reported("running", Task("t", "finished"), Task("u", "error"))
            .StatusValue()
            .ShouldBe(new StatusValue("finished", WorkflowPhase.Ended, WorkflowOutcome.Completed));
    }

    [Fact]
    public void A_contested_task_counts_with_the_outcome_it_shows() =>
        new Story()
            .Reported("running", Task("t", "finished"), Task("t", "failed"), Task("u", "cancelled"))
            .StatusValue()
            .ShouldBe(new StatusValue("failed", WorkflowPhase.Ended, WorkflowOutcome.Failed));

    [Fact]
    public void The_anonymous_task_counts_while_there_is_no_named_one() =>
        new Story()
            .Reported("running", Anonymous("running"))
            .StatusValue()
            .ShouldBe(new StatusValue("running", WorkflowPhase.Active, null));

    [Fact]
    public void The_anonymous_task_does_not_count_beside_a_named_one() =>
        new Story()
            .Reported("running", Anonymous("running"))
            .Reported("running", Task("t", "finished"))
            .StatusValue()
            .ShouldBe(new StatusValue("finished", WorkflowPhase.Ended, WorkflowOutcome.Completed));

    [Fact]
    public void A_task_that_is_added_takes_its_node_back() =>
        new Story()
            .Reported("running", Task("t", "finished"))
            .Reported("running", Task("t", "finished"), Task("u", "pending"))
            .StatusValue()
            .ShouldBe(new StatusValue("pending", WorkflowPhase.Scheduled, null));

    [Fact]
    public void Of_several_words_that_could_stand_for_it_the_smallest_is_shown() =>
        new Story()
            .Reported("running", Task("t", "running"), Task("u", "paused"))
            .StatusValue()!
            .Value.Status.ShouldBe("paused");
}
