using System.Collections.Immutable;
using System.Reflection;
using Orleans.Workflow.Domain.Tests.Examples;
using Orleans.Workflow.Grains.Interfaces;
using static Orleans.Workflow.Domain.Tests.Examples.Entry;

namespace Orleans.Workflow.Domain.Tests.Rules;

/// <summary>
/// One sentence or more for each row of the rule table. They are functions of a fold: the product's rules must meet all
/// of them, and the mutation test hands them rules that must not.
/// </summary>
internal static class RuleExpectations
{
    /// <summary>Every sentence below.</summary>
    public static readonly ImmutableArray<(string Name, Action<WorkflowFold> Check)> All =
    [
        .. typeof(RuleExpectations)
            .GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(static method => (method.Name, method.CreateDelegate<Action<WorkflowFold>>())),
    ];

    public static void The_first_word_is_taken(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("running");
        story.Status.Live.ShouldBe("running");
        story.Effect.ShouldBe(ReceiptEffect.Advanced);
        Decided(story, Rule.FirstSight, Resolution.Replace, ReceiptEffect.Advanced);
    }

    public static void A_higher_phase_is_taken(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("not started").Reported("running");
        (story.Status.Phase, story.Status.Live).ShouldBe((WorkflowPhase.Active, "running"));
        Decided(story, Rule.HigherPhase, Resolution.Replace, ReceiptEffect.Advanced);

        story.Reported("finished");
        (story.Status.Phase, story.Status.Live, story.Status.Completed).ShouldBe(
            (WorkflowPhase.Ended, null, "finished")
        );
        Decided(story, Rule.HigherPhase, Resolution.Replace, ReceiptEffect.Advanced);
    }

    public static void A_lower_phase_changes_nothing_and_is_stale(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("finished").Reported("running");
        (story.Status.Phase, story.Status.Completed, story.Effect).ShouldBe(
            (WorkflowPhase.Ended, "finished", ReceiptEffect.Stale)
        );
        Decided(story, Rule.LowerPhase, Resolution.Keep, ReceiptEffect.Stale);
    }

    public static void The_same_live_word_however_spelled_is_a_duplicate(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("in progress").Reported("In_Progress");
        (story.Status.Live, story.Effect, story.State.Version).ShouldBe(("in progress", ReceiptEffect.Duplicate, 1));
        Decided(story, Rule.SameWord, Resolution.Keep, ReceiptEffect.Duplicate);
    }

    public static void Another_live_word_of_the_same_phase_is_taken(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("running").Reported("paused");
        (story.Status.Live, story.Effect).ShouldBe(("paused", ReceiptEffect.Advanced));
        Decided(story, Rule.OtherWord, Resolution.Replace, ReceiptEffect.Advanced);
    }

    public static void Another_live_word_is_kept_out_if_the_receipt_is_provably_old(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("paused", Task("t", "running")).Reported("running", Task("t", "pending"));
        (story.Status.Live, story.Effect).ShouldBe(("paused", ReceiptEffect.Stale));

        story
            .Reported("running", Task("t", "pending"), Task("u", "paused"))
            .Reported("paused", Task("t", "pending"), Task("u", "running"));
        story.Task("u").Live.ShouldBe("paused");
        Decided(story, Rule.OtherWordProvablyOld, Resolution.Keep, ReceiptEffect.Stale);
    }

    public static void Another_outcome_joins_and_is_a_conflict(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("finished").Reported("cancelled");
        (story.Status.Completed, story.Status.Cancelled, story.Status.IsContested, story.Effect).ShouldBe(
            ("finished", "cancelled", true, ReceiptEffect.Conflict)
        );
        Decided(story, Rule.OtherOutcome, Resolution.Merge, ReceiptEffect.Conflict);
    }

    public static void A_smaller_word_of_a_known_outcome_replaces_it_and_leaves_the_other_outcomes(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("finished").Reported("failed").Reported("done");
        (story.Status.Completed, story.Status.Failed, story.Effect).ShouldBe(
            ("done", "failed", ReceiptEffect.Advanced)
        );
        Decided(story, Rule.SmallerWord, Resolution.Merge, ReceiptEffect.Advanced);
    }

    public static void Of_two_spellings_of_an_ended_word_the_smaller_is_kept(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("finished").Reported("FINISHED");
        (story.Status.Completed, story.Effect).ShouldBe(("FINISHED", ReceiptEffect.Advanced));
        Decided(story, Rule.SmallerWord, Resolution.Merge, ReceiptEffect.Advanced);
    }

    public static void A_known_outcome_that_is_reported_again_is_a_duplicate(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("done").Reported("finished").Reported("done");
        (story.Status.Completed, story.Effect, story.State.Version).ShouldBe(("done", ReceiptEffect.Duplicate, 1));
        Decided(story, Rule.KnownOutcome, Resolution.Keep, ReceiptEffect.Duplicate);
    }

    public static void A_word_of_a_higher_rank_in_the_same_live_phase_is_taken(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("sending").Reported("sent");
        (story.Status.Live, story.Status.Rank, story.Effect).ShouldBe(("sent", 10, ReceiptEffect.Advanced));
        Decided(story, Rule.HigherRank, Resolution.Replace, ReceiptEffect.Advanced);

        story
            .Reported("running", Task("t", "sending"), Task("u", "running"))
            .Reported("running", Task("t", "pending"), Task("u", "answered"));
        story.Task("u").Live.ShouldBe("answered");
        Decided(story, Rule.HigherRank, Resolution.Replace, ReceiptEffect.Advanced);
    }

    public static void A_word_of_a_lower_rank_in_the_same_live_phase_changes_nothing_and_is_stale(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("answered").Reported("ringing");
        (story.Status.Live, story.Status.Rank, story.Effect).ShouldBe(("answered", 20, ReceiptEffect.Stale));
        Decided(story, Rule.LowerRank, Resolution.Keep, ReceiptEffect.Stale);
    }

    public static void A_word_outside_the_vocabulary_is_shown_but_the_rank_that_was_reached_stays(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("answered").Reported("rechecking");
        (story.Status.Live, story.Status.Unrecognised, story.Status.Rank).ShouldBe(("rechecking", true, 20));
        Decided(story, Rule.OtherWord, Resolution.Replace, ReceiptEffect.Advanced);

        story.Reported("ringing");
        story.Status.Live.ShouldBe("rechecking");
        Decided(story, Rule.LowerRank, Resolution.Keep, ReceiptEffect.Stale);

        story.Reported("connected");
        (story.Status.Live, story.Status.Unrecognised).ShouldBe(("connected", false));
        Decided(story, Rule.OtherWord, Resolution.Replace, ReceiptEffect.Advanced);
    }

    public static void An_ended_word_of_a_higher_rank_replaces_that_of_its_outcome_and_leaves_the_others(
        WorkflowFold fold
    )
    {
        var story = new Story(fold).Reported("delivered").Reported("failed").Reported("read");
        (story.Status.Completed, story.Status.Failed, story.Effect).ShouldBe(
            ("read", "failed", ReceiptEffect.Advanced)
        );
        Decided(story, Rule.HigherRankedWord, Resolution.Merge, ReceiptEffect.Advanced);
    }

    public static void An_ended_word_of_a_lower_rank_is_a_duplicate(WorkflowFold fold)
    {
        var story = new Story(fold).Reported("read").Reported("delivered");
        (story.Status.Completed, story.Effect, story.State.Version).ShouldBe(("read", ReceiptEffect.Duplicate, 1));
        Decided(story, Rule.KnownOutcome, Resolution.Keep, ReceiptEffect.Duplicate);
    }

    private static void Decided(Story story, Rule rule, Resolution resolution, ReceiptEffect effect) =>
        story.LastDecision.Row.ShouldBe(new RuleRow(rule, resolution, effect));
}
