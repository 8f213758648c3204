using System.Text.Json;
using Orleans.Workflow.Grains.Explaining;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;
using FoldRule = Orleans.Workflow.Domain.Rule;

namespace Orleans.Workflow.Api.Console;

/// <summary>The words of the console.</summary>
public static class ConsoleWords
{
    /// <summary>The class that colours a status by its phase and outcome.</summary>
    public static string Class(WorkflowPhase? phase, WorkflowOutcome? outcome) =>
        (phase, outcome) switch
        {
            (null, _) => "unknown",
            (WorkflowPhase.Ended, { } known) => Snake(known),
            ({ } known, _) => Snake(known),
        };

    /// <summary>A phase and outcome in words.</summary>
    public static string StatusValue(WorkflowPhase? phase, WorkflowOutcome? outcome) =>
        (phase, outcome) switch
        {
            (null, _) => "no status yet",
            (WorkflowPhase.Ended, { } known) => $"ended, {Snake(known)}",
            ({ } known, _) => Snake(known),
        };

    /// <summary>A reason to look, as a heading.</summary>
    public static string Title(AttentionReason reason) =>
        reason switch
        {
            AttentionReason.ConflictingOutcome => "Conflicting outcome",
            AttentionReason.UnfinishedTasks => "Unfinished tasks",
            AttentionReason.UnrecognisedStatus => "Unrecognised status",
            AttentionReason.SeveralSources => "Several sources",
            _ => Snake(reason),
        };

    /// <summary>A reason to look, as a sentence.</summary>
    public static string Meaning(AttentionReason reason) =>
        reason switch
        {
            AttentionReason.ConflictingOutcome => "is reported with more than one outcome",
            AttentionReason.UnfinishedTasks => "has not ended although its workflow has",
            AttentionReason.UnrecognisedStatus => "has a status that the vocabulary does not name; it counts as active",
            AttentionReason.SeveralSources => "is reported by more than one source",
            _ => string.Empty,
        };

    /// <summary>A word of the contract.</summary>
    public static string Snake<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>A rule of the fold as a sentence.</summary>
    public static string Rule(string? rule) =>
        rule switch
        {
            "first_sight" => "nothing was known before",
            "higher_phase" => "it is of a higher phase",
            "lower_phase" => "it is of a lower phase: kept out",
            "same_word" => "it is the same word again",
            "higher_rank" => "it is of a higher rank",
            "lower_rank" => "it is of a lower rank: kept out",
            "higher_ranked_word" => "the same outcome in a word of a higher rank",
            "other_word" => "it is another word of the same phase: the last to arrive counts",
            "other_word_provably_old" => "it was made before something already seen: kept out",
            "other_outcome" => "it is another outcome of the same end: both are kept",
            "smaller_word" => "it is a smaller word for the same outcome",
            "known_outcome" => "the outcome was known",
            _ => rule?.Replace('_', ' ') ?? string.Empty,
        };

    /// <summary>Why a report decided a status, as the end of a sentence; empty if that is nothing special.</summary>
    public static string Because(FoldRule rule) =>
        rule switch
        {
            FoldRule.FirstSight => ", and nothing was known before",
            FoldRule.HigherPhase => ", and it is of a later phase than what was known before",
            FoldRule.HigherRank => ", and it ranks higher than what was known of the same phase",
            FoldRule.OtherWord => ", and it was the last to arrive of several words of the same phase",
            FoldRule.OtherOutcome => ", and its outcome ranks highest of those that were reported",
            FoldRule.HigherRankedWord => ", and it is the word that ranks highest for this outcome",
            FoldRule.SmallerWord => ", and of two words for the same outcome the smaller one is shown",
            _ => string.Empty,
        };

    /// <summary>What became of a report that is not what is shown; a receipt follows.</summary>
    public static string Fate(OverruledReason reason) =>
        reason switch
        {
            OverruledReason.Duplicate => "Said what was known from",
            OverruledReason.Stale => "Ignored as older than",
            OverruledReason.ProvablyOld => "Ignored as provably older than",
            OverruledReason.Conflict => "Contradicted by",
            _ => "Replaced by",
        };

    /// <summary>What was repaired in a notification, in words.</summary>
    public static string Repair(RepairKind kind) =>
        kind switch
        {
            RepairKind.NumberAsText => "A number was taken as its text",
            RepairKind.LabelMissing => "A label was null or missing and says nothing",
            _ => "Half of a surrogate pair in a label was replaced",
        };

    /// <summary>A kind of change in words.</summary>
    public static string Change(string kind) =>
        kind switch
        {
            "status_changed" => "status",
            "contested" => "contested",
            "node_added" => "node added",
            "workflow_renamed" or "node_renamed" => "renamed",
            "node_retyped" => "type changed",
            "source_added" => "source added",
            _ => kind.Replace('_', ' '),
        };

    /// <summary>A length of time in its two largest units, such as <c>4 d 17 h</c>.</summary>
    public static string Length(TimeSpan time) =>
        time switch
        {
            { TotalSeconds: < 1 } => "under 1 s",
            { TotalMinutes: < 1 } => $"{time.Seconds} s",
            { TotalHours: < 1 } => $"{time.Minutes} min {time.Seconds} s",
            { TotalDays: < 1 } => $"{time.Hours} h {time.Minutes} min",
            _ => $"{Number(time.Days)} d {time.Hours} h",
        };

    /// <summary>A group of node tasks, as a heading.</summary>
    public static string Title(WorkflowDetails.NodeGroup group) =>
        group switch
        {
            WorkflowDetails.NodeGroup.Attention => "Needs attention",
            WorkflowDetails.NodeGroup.Unknown => "No status",
            _ => group.ToString(),
        };

    /// <summary>A number with its thousands apart.</summary>
    public static string Number(long number) => number.ToString("N0");
}
