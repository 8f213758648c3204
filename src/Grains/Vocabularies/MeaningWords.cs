using Orleans.Workflow.Grains.Domain;

namespace Orleans.Workflow.Grains.Vocabularies;

/// <summary>A word's meaning as one word: the phase while live, the outcome once ended.</summary>
public static class MeaningWords
{
    /// <summary>What there is to choose from.</summary>
    public const string All = "scheduled, active, completed, cancelled, failed";

    /// <summary>The meaning that a word stands for, in any case; null if it stands for none.</summary>
    public static Meaning? Parse(string? text) => text?.Trim().ToLowerInvariant() switch
    {
        "scheduled" => new Meaning(Phase.Scheduled),
        "active" => new Meaning(Phase.Active),
        "completed" => new Meaning(Phase.Ended, Outcome.Completed),
        "cancelled" => new Meaning(Phase.Ended, Outcome.Cancelled),
        "failed" => new Meaning(Phase.Ended, Outcome.Failed),
        _ => null,
    };

    /// <summary>The word for a meaning.</summary>
    public static string Of(Meaning meaning) => meaning switch
    {
        { Outcome: { } outcome } => Of(outcome),
        { Phase: Phase.Scheduled } => "scheduled",
        _ => "active",
    };

    /// <summary>The word for an outcome.</summary>
    public static string Of(Outcome outcome) => outcome switch
    {
        Outcome.Completed => "completed",
        Outcome.Cancelled => "cancelled",
        _ => "failed",
    };
}
