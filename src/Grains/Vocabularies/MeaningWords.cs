using System.Globalization;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Vocabularies;

/// <summary>
/// A word's meaning as text: the phase while live, the outcome once ended, and behind a colon its rank if it has one:
/// <c>active:20</c>.
/// </summary>
public static class MeaningWords
{
    /// <summary>What there is to choose from.</summary>
    public const string All = "scheduled, active, completed, cancelled, failed";

    /// <summary>What a meaning may be, for the error about another one.</summary>
    public static readonly string Syntax =
        $"one of: {All}; a rank from 0 to {StatusMeaning.MaxRank} may follow behind a colon, such as 'active:20'";

    /// <summary>The meaning that a text is, in any case; null if it is none.</summary>
    public static StatusMeaning? Parse(string? text)
    {
        if (text?.IndexOf(':', StringComparison.Ordinal) is not (>= 0 and var colon))
            return ParseWord(text);

        return
            ParseWord(text[..colon]) is { } meaning
            && int.TryParse(
                text.AsSpan(colon + 1).Trim(),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var rank
            )
            && rank <= StatusMeaning.MaxRank
            ? meaning with
            {
                Rank = rank,
            }
            : null;
    }

    /// <summary>The text for a meaning.</summary>
    public static string Of(StatusMeaning meaning) =>
        meaning.Rank == 0 ? WordOf(meaning) : $"{WordOf(meaning)}:{meaning.Rank}";

    /// <summary>The text for a meaning without its rank.</summary>
    public static string WordOf(StatusMeaning meaning) =>
        meaning switch
        {
            { Outcome: { } outcome } => Of(outcome),
            { Phase: WorkflowPhase.Scheduled } => "scheduled",
            _ => "active",
        };

    private static StatusMeaning? ParseWord(string? text) =>
        text?.Trim().ToLowerInvariant() switch
        {
            "scheduled" => new StatusMeaning(WorkflowPhase.Scheduled),
            "active" => new StatusMeaning(WorkflowPhase.Active),
            "completed" => new StatusMeaning(WorkflowPhase.Ended, WorkflowOutcome.Completed),
            "cancelled" => new StatusMeaning(WorkflowPhase.Ended, WorkflowOutcome.Cancelled),
            "failed" => new StatusMeaning(WorkflowPhase.Ended, WorkflowOutcome.Failed),
            _ => null,
        };

    /// <summary>The word for an outcome.</summary>
    public static string Of(WorkflowOutcome outcome) =>
        outcome switch
        {
            WorkflowOutcome.Completed => "completed",
            WorkflowOutcome.Cancelled => "cancelled",
            _ => "failed",
        };
}
