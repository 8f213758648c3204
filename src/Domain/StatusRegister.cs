using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>
/// What is known of one status: while it is live, its word; once it has ended, the smallest word reported for each
/// outcome. Immutable.
/// </summary>
public sealed record StatusRegister
{
    /// <summary>How far it has come.</summary>
    [JsonPropertyName("p")]
    public WorkflowPhase Phase { get; init; }

    /// <summary>The live word as received; null once ended.</summary>
    [JsonPropertyName("w")]
    public string? Live { get; init; }

    /// <summary>
    /// The highest rank among the live words of the phase so far. A word outside the vocabulary has no rank and leaves
    /// it as it is.
    /// </summary>
    [JsonPropertyName("k")]
    public int Rank { get; init; }

    /// <summary>The word reported for <see cref="WorkflowOutcome.Completed"/>, as received.</summary>
    [JsonPropertyName("c")]
    public string? Completed { get; init; }

    /// <summary>The word reported for <see cref="WorkflowOutcome.Cancelled"/>, as received.</summary>
    [JsonPropertyName("x")]
    public string? Cancelled { get; init; }

    /// <summary>The word reported for <see cref="WorkflowOutcome.Failed"/>, as received.</summary>
    [JsonPropertyName("f")]
    public string? Failed { get; init; }

    /// <summary>Whether the live word is outside the vocabulary.</summary>
    [JsonPropertyName("u")]
    public bool Unrecognised { get; init; }

    /// <summary>The sequence number, within the workflow, of the receipt that decided the present value.</summary>
    [JsonPropertyName("s")]
    public long DecidedBy { get; init; }

    /// <summary>The rule that decided the present value.</summary>
    [JsonPropertyName("r")]
    public Rule Rule { get; init; }

    /// <summary>Whether more than one outcome was reported.</summary>
    [JsonIgnore]
    public bool IsContested => (Completed is null ? 0 : 1) + (Cancelled is null ? 0 : 1) + (Failed is null ? 0 : 1) > 1;

    /// <summary>A register after one observation.</summary>
    public static StatusRegister Of(in ParsedStatus status, long seq, Rule rule)
    {
        var register = new StatusRegister
        {
            Phase = status.Phase,
            DecidedBy = seq,
            Rule = rule,
        };
        return status.Outcome is { } outcome
            ? register.With(outcome, status.Word)
            : register with
            {
                Live = status.Word,
                Unrecognised = !status.Recognised,
                Rank = status.Rank,
            };
    }

    /// <summary>
    /// The register after another live word of the same phase. The rank that was reached stays, whatever word is shown.
    /// </summary>
    public StatusRegister Say(in ParsedStatus status, long seq, Rule rule) =>
        Of(status, seq, rule) with
        {
            Rank = Math.Max(Rank, status.Rank),
        };

    /// <summary>The word reported for an outcome, or null.</summary>
    public string? Word(WorkflowOutcome outcome) =>
        outcome switch
        {
            WorkflowOutcome.Completed => Completed,
            WorkflowOutcome.Cancelled => Cancelled,
            WorkflowOutcome.Failed => Failed,
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not an outcome."),
        };

    /// <summary>The outcome shown: of those reported, the one that ranks highest; null while live.</summary>
    public WorkflowOutcome? OutcomeBy(ImmutableArray<WorkflowOutcome> ranking)
    {
        foreach (var outcome in ranking)
        {
            if (Word(outcome) is not null)
                return outcome;
        }

        return null;
    }

    /// <summary>The status shown: the live word, or the word of the outcome that ranks highest.</summary>
    public string StatusBy(ImmutableArray<WorkflowOutcome> ranking) =>
        Live ?? (OutcomeBy(ranking) is { } outcome ? Word(outcome)! : string.Empty);

    /// <summary>What it stands at: the status shown with its phase and outcome.</summary>
    public StatusValue StatusValue(ImmutableArray<WorkflowOutcome> ranking) =>
        new(StatusBy(ranking), Phase, OutcomeBy(ranking));

    /// <summary>
    /// The words of the outcomes that are contested, the strongest first; empty unless several were reported.
    /// </summary>
    public ImmutableArray<string> Contested(ImmutableArray<WorkflowOutcome> ranking)
    {
        if (!IsContested)
            return [];

        var words = ImmutableArray.CreateBuilder<string>(3);
        foreach (var outcome in ranking)
        {
            if (Word(outcome) is { } word)
                words.Add(word);
        }

        return words.DrainToImmutable();
    }

    /// <summary>The same register with an ended word put in its place.</summary>
    internal StatusRegister With(WorkflowOutcome outcome, string word) =>
        outcome switch
        {
            WorkflowOutcome.Completed => this with { Completed = word },
            WorkflowOutcome.Cancelled => this with { Cancelled = word },
            WorkflowOutcome.Failed => this with { Failed = word },
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not an outcome."),
        };
}
