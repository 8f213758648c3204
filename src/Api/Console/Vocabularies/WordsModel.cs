using System.Collections.Immutable;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Console.Vocabularies;

/// <summary>The words: those that were received and those that the vocabulary lists.</summary>
public sealed record WordsModel
{
    /// <summary>Names the vocabulary in force.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Since when it is.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>How many words were received.</summary>
    public required int Total { get; init; }

    /// <summary>
    /// A page of the words that were received: those that the vocabulary does not list first, then the most frequent.
    /// </summary>
    public required ImmutableArray<ReceivedStatus> Received { get; init; }

    /// <summary>The words that the vocabulary lists, in their normalised form.</summary>
    public required ImmutableArray<ParsedStatus> Listed { get; init; }

    /// <summary>The word to try a meaning of, if one was chosen.</summary>
    public string? Word { get; init; }

    /// <summary>The address of the first page; null if this is it.</summary>
    public string? First { get; init; }

    /// <summary>The address of the next page; null if there is none.</summary>
    public string? Next { get; init; }
}

/// <summary>A word that was received.</summary>
/// <param name="Parsed">The word as the vocabulary in force reads it.</param>
/// <param name="Count">How often, approximately.</param>
/// <param name="First">When first.</param>
/// <param name="Last">When last.</param>
public sealed record ReceivedStatus(ParsedStatus Parsed, long Count, DateTimeOffset First, DateTimeOffset Last);

/// <summary>What another meaning of a word would change.</summary>
/// <param name="Word">The word.</param>
/// <param name="Meaning">The meaning that was tried.</param>
/// <param name="Workflows">How many workflows were asked.</param>
/// <param name="Changed">How many of them would be shown otherwise.</param>
/// <param name="Failed">How many did not answer.</param>
/// <param name="IsWhole">Whether all workflows were asked.</param>
/// <param name="Examples">Some of those that would be shown otherwise.</param>
public sealed record PreviewModel(
    string Word,
    StatusMeaning Meaning,
    long Workflows,
    long Changed,
    long Failed,
    bool IsWhole,
    ImmutableArray<PreviewExample> Examples
);

/// <summary>A workflow that would be shown otherwise.</summary>
/// <param name="WorkflowId">The workflow.</param>
/// <param name="Changes">How.</param>
public sealed record PreviewExample(string WorkflowId, ImmutableArray<RefoldChange> Changes);
