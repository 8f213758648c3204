using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>
/// Maps the vendor's words to phases and outcomes. The vendor documents only <c>finished</c>; every other word is
/// configuration, and a word that is missing here is kept and counts as <see cref="WorkflowPhase.Active"/>.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>The words that the product knows, unless the settings change them.</summary>
    public static readonly ImmutableSortedDictionary<string, StatusMeaning> DefaultWords = Table(
        (
            new(WorkflowPhase.Scheduled),
            [
                "creating",
                "created",
                "not started",
                "pending",
                "waiting",
                "ready",
                "scheduled",
                "queued",
                "accepted",
                "submitted",
            ]
        ),
        (
            new(WorkflowPhase.Active),
            [
                "running",
                "started",
                "processing",
                "in progress",
                "calling",
                "paused",
                "resumed",
                "stopping",
                "sending",
                "initiated",
                "dialing",
                "dialling",
            ]
        ),
        (new(WorkflowPhase.Active, Rank: 10), ["sent", "ringing"]),
        (new(WorkflowPhase.Active, Rank: 20), ["answered", "connected", "talking"]),
        (
            new(WorkflowPhase.Ended, WorkflowOutcome.Completed),
            ["finished", "completed", "done", "success", "hangup", "hang up", "hung up", "talkresult"]
        ),
        (new(WorkflowPhase.Ended, WorkflowOutcome.Completed, Rank: 10), ["delivered"]),
        (new(WorkflowPhase.Ended, WorkflowOutcome.Completed, Rank: 20), ["read", "seen"]),
        (new(WorkflowPhase.Ended, WorkflowOutcome.Completed, Rank: 30), ["replied"]),
        (
            new(WorkflowPhase.Ended, WorkflowOutcome.Cancelled),
            ["cancelled", "canceled", "stopped", "terminated", "aborted", "skipped"]
        ),
        (new(WorkflowPhase.Ended, WorkflowOutcome.Failed), ["failed", "error"]),
        (
            new(WorkflowPhase.Ended, WorkflowOutcome.Failed, Rank: 10),
            [
                "undelivered",
                "undeliverable",
                "bounced",
                "busy",
                "no answer",
                "unanswered",
                "rejected",
                "declined",
                "blocked",
                "voicemail",
                "answering machine",
                "unreachable",
                "switched off",
                "invalid number",
                "wrong number",
                "abandoned",
                "expired",
                "timeout",
                "timed out",
            ]
        )
    );

    /// <summary>Which outcome a register shows if several were reported, the strongest first.</summary>
    public static readonly ImmutableArray<WorkflowOutcome> DefaultRanking =
    [
        WorkflowOutcome.Failed,
        WorkflowOutcome.Cancelled,
        WorkflowOutcome.Completed,
    ];

    /// <summary><see cref="DefaultWords"/> under <see cref="DefaultRanking"/>.</summary>
    public static readonly Vocabulary Default = new(DefaultWords, DefaultRanking);

    private readonly FrozenDictionary<string, StatusMeaning> _meanings;

    /// <summary>Makes a vocabulary.</summary>
    /// <param name="words">Meanings by word; the words are normalised here.</param>
    /// <param name="ranking">All three outcomes, the strongest first.</param>
    /// <exception cref="ArgumentException">Two spellings of a word disagree, an ended word has no outcome or a live one
    /// has, or the ranking is not a permutation.</exception>
    public Vocabulary(IEnumerable<KeyValuePair<string, StatusMeaning>> words, ImmutableArray<WorkflowOutcome> ranking)
    {
        ArgumentNullException.ThrowIfNull(words);
        var meanings = new SortedDictionary<string, StatusMeaning>(StringComparer.Ordinal);
        foreach (var (word, meaning) in words)
        {
            if (meaning.Rank is < 0 or > StatusMeaning.MaxRank)
                throw new ArgumentException(
                    $"The rank of the word '{word}' must be from 0 to {StatusMeaning.MaxRank}.",
                    nameof(words)
                );

            if (meaning.Phase == WorkflowPhase.Ended != meaning.Outcome.HasValue)
                throw new ArgumentException(
                    $"The word '{word}' must have an outcome if, and only if, it is in the phase ended.",
                    nameof(words)
                );

            var normalised = Normalise(word);
            if (meanings.TryGetValue(normalised, out var other) && other != meaning)
                throw new ArgumentException(
                    $"The word '{word}' is given two meanings: spellings that differ in case, blanks, '_' and "
                        + "'-' only are one word.",
                    nameof(words)
                );

            meanings[normalised] = meaning;
        }

        if (ranking.Length != 3 || ranking.Distinct().Count() != 3)
            throw new ArgumentException(
                "The ranking must name each of completed, cancelled and failed once.",
                nameof(ranking)
            );

        _meanings = meanings.ToFrozenDictionary(StringComparer.Ordinal);
        Words = meanings.ToImmutableSortedDictionary(StringComparer.Ordinal);
        Ranking = ranking;
        Fingerprint = ComputeFingerprint(meanings, ranking);
    }

    /// <summary>The meanings by normalised word.</summary>
    public ImmutableSortedDictionary<string, StatusMeaning> Words { get; }

    /// <summary>All outcomes, the strongest first.</summary>
    public ImmutableArray<WorkflowOutcome> Ranking { get; }

    /// <summary>
    /// Sixteen hex digits that name this vocabulary: equal for equal words and ranking, whatever the order of
    /// configuration.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>Reads a word of the vendor. Never fails: an unknown word is active and not recognised.</summary>
    public ParsedStatus Read(string word)
    {
        // Words that the table lists as they are sent, which is nearly all of them, are spared the normalisation.
        if (_meanings.TryGetValue(word, out var listed))
            return new ParsedStatus(word, word, listed.Phase, listed.Outcome, Recognised: true, listed.Rank);

        var normalised = Normalise(word);
        return _meanings.TryGetValue(normalised, out var meaning)
            ? new ParsedStatus(word, normalised, meaning.Phase, meaning.Outcome, Recognised: true, meaning.Rank)
            : new ParsedStatus(word, normalised, WorkflowPhase.Active, Outcome: null, Recognised: false);
    }

    /// <summary>
    /// The form in which words are compared: every run of blanks, <c>_</c> and <c>-</c> is one blank, the ends are
    /// trimmed, and the rest is invariant lower case. Returns the same instance if nothing changes.
    /// </summary>
    public static string Normalise(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        if (IsNormalised(word))
            return word;

        var text = new StringBuilder(word.Length);
        foreach (var c in word)
        {
            if (!IsBlank(c))
                text.Append(char.ToLowerInvariant(c));
            else if (text.Length > 0 && text[^1] != ' ')
                text.Append(' ');
        }

        if (text.Length > 0 && text[^1] == ' ')
            text.Length--;

        return text.ToString();
    }

    private static bool IsNormalised(string word)
    {
        foreach (var c in word)
        {
            if (c is not (>= 'a' and <= 'z'))
                return false;
        }

        return true;
    }

    private static bool IsBlank(char c) => c is '_' or '-' || char.IsWhiteSpace(c);

    private static string ComputeFingerprint(
        SortedDictionary<string, StatusMeaning> meanings,
        ImmutableArray<WorkflowOutcome> ranking
    )
    {
        var text = new StringBuilder().AppendJoin('>', ranking).Append('\n');
        foreach (var (word, meaning) in meanings)
        {
            text.Append(word).Append('\t').Append(meaning.Phase).Append('\t').Append(meaning.Outcome);

            // A vocabulary without ranks keeps the fingerprint that it had before there were any.
            if (meaning.Rank > 0)
                text.Append('\t').Append(meaning.Rank);

            text.Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 8));
    }

    private static ImmutableSortedDictionary<string, StatusMeaning> Table(
        params ReadOnlySpan<(StatusMeaning Meaning, string[] Words)> groups
    )
    {
        var all = ImmutableSortedDictionary.CreateBuilder<string, StatusMeaning>(StringComparer.Ordinal);
        foreach (var (meaning, words) in groups)
        {
            foreach (var word in words)
                all.Add(word, meaning);
        }

        return all.ToImmutable();
    }
}
