using System.Collections.Immutable;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Testing.Campaigns;

/// <summary>The words of a campaign, and the ways to spell them.</summary>
public static class Words
{
    /// <summary>Words for what has not begun.</summary>
    public static readonly ImmutableArray<string> Scheduled = Of(WorkflowPhase.Scheduled);

    /// <summary>Words for what runs.</summary>
    public static readonly ImmutableArray<string> Running =
    [
        "running",
        "started",
        "processing",
        "in progress",
        "calling",
        "sent",
        "ringing",
        "answered",
    ];

    /// <summary>Words for what has ended, all outcomes.</summary>
    public static readonly ImmutableArray<string> Ended =
    [
        .. Of(WorkflowPhase.Ended, WorkflowOutcome.Completed),
        .. Of(WorkflowPhase.Ended, WorkflowOutcome.Cancelled),
        .. Of(WorkflowPhase.Ended, WorkflowOutcome.Failed),
    ];

    /// <summary>Words that the vocabulary does not name.</summary>
    public static readonly ImmutableArray<string> Unknown =
    [
        "rechecking",
        "quota wait",
        "on hold",
        "审核中",
        "finished?",
        "0",
    ];

    /// <summary>Every word there is.</summary>
    public static readonly ImmutableArray<string> All = [.. Vocabulary.DefaultWords.Keys, .. Unknown];

    /// <summary>Labels of node tasks and workflows; a label may be empty.</summary>
    public static readonly ImmutableArray<string> Labels =
    [
        "Voicebot Call1_a9c2ad",
        "SMS1_de09d6",
        "Voicebot Call2_c3d53d",
        "",
        "Cobrança \"março\"",
        "重拨",
    ];

    /// <summary>Types of node tasks.</summary>
    public static readonly ImmutableArray<string> NodeTypes = ["call", "sms", "whatsapp", "custom_api", ""];

    /// <summary>How many ways to spell a word there are.</summary>
    public const int Spellings = 8;

    /// <summary>Takes one by a die of any value.</summary>
    public static T Pick<T>(this IReadOnlyList<T> choices, int die) => choices[(int)((uint)die % (uint)choices.Count)];

    /// <summary>Spells a word in one of the ways that are all the same word; 0 is plainly.</summary>
    public static string Spell(string word, int spelling) =>
        ((uint)spelling % Spellings) switch
        {
            1 => word.ToUpperInvariant(),
            2 => char.ToUpperInvariant(word[0]) + word[1..],
            3 => word.Replace(' ', '_'),
            4 => word.Replace(' ', '-').ToUpperInvariant(),
            5 => $" {word}\t",
            6 => $"_{word.Replace(" ", " - ", StringComparison.Ordinal)}-",
            7 => word.Replace(" ", "\u00a0 ", StringComparison.Ordinal) + "\n",
            _ => word,
        };

    private static ImmutableArray<string> Of(WorkflowPhase phase, WorkflowOutcome? outcome = null) =>
        [
            .. from word in Vocabulary.DefaultWords
            where (word.Value.Phase, word.Value.Outcome) == (phase, outcome)
            select word.Key,
        ];
}
