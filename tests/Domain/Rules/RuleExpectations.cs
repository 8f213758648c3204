using System.Collections.Immutable;
using System.Reflection;
using Orleans.Workflow.Domain.Tests.Examples;
using Orleans.Workflow.Grains.Domain;
using static Orleans.Workflow.Domain.Tests.Examples.Entry;

namespace Orleans.Workflow.Domain.Tests.Rules;

/// <summary>
/// One sentence or more for each row of the rule table. They are functions of a fold: the product's rules must meet all of them,
/// and the mutation test hands them rules that must not.
/// </summary>
internal static class RuleExpectations
{
    /// <summary>Every sentence below.</summary>
    public static readonly ImmutableArray<(string Name, Action<WorkflowFold> Check)> All =
    [
        .. typeof(RuleExpectations).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(static method => (method.Name, method.CreateDelegate<Action<WorkflowFold>>())),
    ];

    public static void The_first_word_is_taken(WorkflowFold fold)
    {
        var story = new Story(fold).Told("running");
        story.Status.Live.ShouldBe("running");
        story.Effect.ShouldBe(Effect.Advanced);
        Decided(story, Rule.FirstSight, Verdict.Takes, Effect.Advanced);
    }

    public static void A_higher_phase_is_taken(WorkflowFold fold)
    {
        var story = new Story(fold).Told("not started").Told("running");
        (story.Status.Phase, story.Status.Live).ShouldBe((Phase.Active, "running"));
        Decided(story, Rule.HigherPhase, Verdict.Takes, Effect.Advanced);

        story.Told("finished");
        (story.Status.Phase, story.Status.Live, story.Status.Completed).ShouldBe((Phase.Ended, null, "finished"));
        Decided(story, Rule.HigherPhase, Verdict.Takes, Effect.Advanced);
    }

    public static void A_lower_phase_changes_nothing_and_is_stale(WorkflowFold fold)
    {
        var story = new Story(fold).Told("finished").Told("running");
        (story.Status.Phase, story.Status.Completed, story.Effect).ShouldBe((Phase.Ended, "finished", Effect.Stale));
        Decided(story, Rule.LowerPhase, Verdict.Keeps, Effect.Stale);
    }

    public static void The_same_live_word_however_spelled_is_a_duplicate(WorkflowFold fold)
    {
        var story = new Story(fold).Told("in progress").Told("In_Progress");
        (story.Status.Live, story.Effect, story.State.Version).ShouldBe(("in progress", Effect.Duplicate, 1));
        Decided(story, Rule.SameWord, Verdict.Keeps, Effect.Duplicate);
    }

    public static void Another_live_word_of_the_same_phase_is_taken(WorkflowFold fold)
    {
        var story = new Story(fold).Told("running").Told("paused");
        (story.Status.Live, story.Effect).ShouldBe(("paused", Effect.Advanced));
        Decided(story, Rule.OtherWord, Verdict.Takes, Effect.Advanced);
    }

    public static void Another_live_word_is_kept_out_if_the_receipt_is_provably_old(WorkflowFold fold)
    {
        var story = new Story(fold).Told("paused", Task("t", "running")).Told("running", Task("t", "pending"));
        (story.Status.Live, story.Effect).ShouldBe(("paused", Effect.Stale));

        story.Told("running", Task("t", "pending"), Task("u", "paused")).Told("paused", Task("t", "pending"), Task("u", "running"));
        story.Task("u").Live.ShouldBe("paused");
        Decided(story, Rule.OtherWordProvablyOld, Verdict.Keeps, Effect.Stale);
    }

    public static void Another_outcome_joins_and_is_a_conflict(WorkflowFold fold)
    {
        var story = new Story(fold).Told("finished").Told("cancelled");
        (story.Status.Completed, story.Status.Cancelled, story.Status.IsContested, story.Effect)
            .ShouldBe(("finished", "cancelled", true, Effect.Conflict));
        Decided(story, Rule.OtherOutcome, Verdict.Joins, Effect.Conflict);
    }

    public static void A_smaller_word_of_a_known_outcome_replaces_it_and_leaves_the_other_outcomes(WorkflowFold fold)
    {
        var story = new Story(fold).Told("finished").Told("failed").Told("done");
        (story.Status.Completed, story.Status.Failed, story.Effect).ShouldBe(("done", "failed", Effect.Advanced));
        Decided(story, Rule.SmallerWord, Verdict.Joins, Effect.Advanced);
    }

    public static void Of_two_spellings_of_an_ended_word_the_smaller_is_kept(WorkflowFold fold)
    {
        var story = new Story(fold).Told("finished").Told("FINISHED");
        (story.Status.Completed, story.Effect).ShouldBe(("FINISHED", Effect.Advanced));
        Decided(story, Rule.SmallerWord, Verdict.Joins, Effect.Advanced);
    }

    public static void A_known_outcome_told_again_is_a_duplicate(WorkflowFold fold)
    {
        var story = new Story(fold).Told("done").Told("finished").Told("done");
        (story.Status.Completed, story.Effect, story.State.Version).ShouldBe(("done", Effect.Duplicate, 1));
        Decided(story, Rule.KnownOutcome, Verdict.Keeps, Effect.Duplicate);
    }

    public static void A_word_of_a_higher_rank_in_the_same_live_phase_is_taken(WorkflowFold fold)
    {
        var story = new Story(fold).Told("sending").Told("sent");
        (story.Status.Live, story.Status.Rank, story.Effect).ShouldBe(("sent", 10, Effect.Advanced));
        Decided(story, Rule.HigherRank, Verdict.Takes, Effect.Advanced);

        story.Told("running", Task("t", "sending"), Task("u", "running")).Told("running", Task("t", "pending"), Task("u", "answered"));
        story.Task("u").Live.ShouldBe("answered");
        Decided(story, Rule.HigherRank, Verdict.Takes, Effect.Advanced);
    }

    public static void A_word_of_a_lower_rank_in_the_same_live_phase_changes_nothing_and_is_stale(WorkflowFold fold)
    {
        var story = new Story(fold).Told("answered").Told("ringing");
        (story.Status.Live, story.Status.Rank, story.Effect).ShouldBe(("answered", 20, Effect.Stale));
        Decided(story, Rule.LowerRank, Verdict.Keeps, Effect.Stale);
    }

    public static void A_word_outside_the_vocabulary_is_shown_but_the_rank_that_was_reached_stays(WorkflowFold fold)
    {
        var story = new Story(fold).Told("answered").Told("rechecking");
        (story.Status.Live, story.Status.Unrecognised, story.Status.Rank).ShouldBe(("rechecking", true, 20));
        Decided(story, Rule.OtherWord, Verdict.Takes, Effect.Advanced);

        story.Told("ringing");
        story.Status.Live.ShouldBe("rechecking");
        Decided(story, Rule.LowerRank, Verdict.Keeps, Effect.Stale);

        story.Told("connected");
        (story.Status.Live, story.Status.Unrecognised).ShouldBe(("connected", false));
        Decided(story, Rule.OtherWord, Verdict.Takes, Effect.Advanced);
    }

    public static void An_ended_word_of_a_higher_rank_replaces_that_of_its_outcome_and_leaves_the_others(WorkflowFold fold)
    {
        var story = new Story(fold).Told("delivered").Told("failed").Told("read");
        (story.Status.Completed, story.Status.Failed, story.Effect).ShouldBe(("read", "failed", Effect.Advanced));
        Decided(story, Rule.HigherRankedWord, Verdict.Joins, Effect.Advanced);
    }

    public static void An_ended_word_of_a_lower_rank_is_a_duplicate(WorkflowFold fold)
    {
        var story = new Story(fold).Told("read").Told("delivered");
        (story.Status.Completed, story.Effect, story.State.Version).ShouldBe(("read", Effect.Duplicate, 1));
        Decided(story, Rule.KnownOutcome, Verdict.Keeps, Effect.Duplicate);
    }

    private static void Decided(Story story, Rule rule, Verdict verdict, Effect effect) =>
        story.LastDecision.Row.ShouldBe(new RuleRow(rule, verdict, effect));
}
