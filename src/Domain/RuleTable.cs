using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain;

/// <summary>
/// How an observation stands to what a register knows: the left column of the rule table. The numbers are persisted.
/// </summary>
public enum Rule
{
    /// <summary>Nothing was known.</summary>
    FirstSight = 0,

    /// <summary>The observation is of a higher phase.</summary>
    HigherPhase = 1,

    /// <summary>The observation is of a lower phase.</summary>
    LowerPhase = 2,

    /// <summary>Both are live in the same phase and say the same normalised word.</summary>
    SameWord = 3,

    /// <summary>Both are live in the same phase and say different words.</summary>
    OtherWord = 4,

    /// <summary>As <see cref="OtherWord"/>, but the receipt is provably old.</summary>
    OtherWordProvablyOld = 5,

    /// <summary>Both have ended, the observation with an outcome that was not reported before.</summary>
    OtherOutcome = 6,

    /// <summary>Both have ended with the same outcome, the observation with the smaller word.</summary>
    SmallerWord = 7,

    /// <summary>
    /// Both have ended with the same outcome, and the observation's word is the known one, of a lower rank, or greater.
    /// </summary>
    KnownOutcome = 8,

    /// <summary>
    /// Both are live in the same phase, and the observation's word is of a higher rank than any that was observed.
    /// </summary>
    HigherRank = 9,

    /// <summary>Both are live in the same phase, and a word of a higher rank was observed.</summary>
    LowerRank = 10,

    /// <summary>Both have ended with the same outcome, the observation with a word of a higher rank.</summary>
    HigherRankedWord = 11,
}

/// <summary>What a rule does to the register.</summary>
public enum Resolution
{
    /// <summary>The register stays as it is.</summary>
    Keep = 0,

    /// <summary>The register becomes what was observed.</summary>
    Replace = 1,

    /// <summary>The register puts the observed word in the place of its outcome and keeps the other outcomes.</summary>
    Merge = 2,
}

/// <summary>One row of the rule table.</summary>
/// <param name="Rule">When the row applies.</param>
/// <param name="Resolution">What it does to the register.</param>
/// <param name="Effect">What it counts as.</param>
public readonly record struct RuleRow(Rule Rule, Resolution Resolution, ReceiptEffect Effect);

/// <summary>
/// The rule by which an observation joins a register, as data: one row for each <see cref="Rule"/>. The README shows
/// this table, and a test compares the two; another test flips each row and expects the properties of the fold to
/// notice.
/// </summary>
public sealed class RuleTable
{
    /// <summary>The product's rules.</summary>
    public static readonly RuleTable Default = new([
        new(Rule.FirstSight, Resolution.Replace, ReceiptEffect.Advanced),
        new(Rule.HigherPhase, Resolution.Replace, ReceiptEffect.Advanced),
        new(Rule.LowerPhase, Resolution.Keep, ReceiptEffect.Stale),
        new(Rule.SameWord, Resolution.Keep, ReceiptEffect.Duplicate),
        new(Rule.OtherWord, Resolution.Replace, ReceiptEffect.Advanced),
        new(Rule.OtherWordProvablyOld, Resolution.Keep, ReceiptEffect.Stale),
        new(Rule.OtherOutcome, Resolution.Merge, ReceiptEffect.Conflict),
        new(Rule.SmallerWord, Resolution.Merge, ReceiptEffect.Advanced),
        new(Rule.KnownOutcome, Resolution.Keep, ReceiptEffect.Duplicate),
        new(Rule.HigherRank, Resolution.Replace, ReceiptEffect.Advanced),
        new(Rule.LowerRank, Resolution.Keep, ReceiptEffect.Stale),
        new(Rule.HigherRankedWord, Resolution.Merge, ReceiptEffect.Advanced),
    ]);

    /// <summary>Makes a table.</summary>
    /// <param name="rows">One row for each rule, in the order of the rules.</param>
    /// <exception cref="ArgumentException">A rule is missing or out of its place.</exception>
    public RuleTable(ImmutableArray<RuleRow> rows)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if ((int)rows[i].Rule != i)
                throw new ArgumentException($"Row {i} must be that of {(Rule)i}.", nameof(rows));
        }

        if (rows.Length != Enum.GetValues<Rule>().Length)
            throw new ArgumentException("There must be one row for each rule.", nameof(rows));

        Rows = rows;
    }

    /// <summary>The rows, in the order of <see cref="Rule"/>.</summary>
    public ImmutableArray<RuleRow> Rows { get; }

    /// <summary>Joins one observation into a register.</summary>
    /// <param name="register">What is known, or null.</param>
    /// <param name="status">What was observed.</param>
    /// <param name="vocabulary">How the words that are known are read.</param>
    /// <param name="provablyOld">Whether the receipt was made before something that is known.</param>
    /// <param name="seq">The receipt's sequence number.</param>
    /// <param name="row">The row that applied.</param>
    /// <returns>The register afterwards; the same instance if it did not change.</returns>
    public StatusRegister? Join(
        StatusRegister? register,
        in ParsedStatus status,
        Vocabulary vocabulary,
        bool provablyOld,
        long seq,
        out RuleRow row
    )
    {
        row = Rows[(int)Relate(register, status, vocabulary, provablyOld)];
        return row.Resolution switch
        {
            Resolution.Keep => register,
            Resolution.Merge when register is not null && status.Outcome is { } outcome => register.With(
                outcome,
                status.Word
            ) with
            {
                DecidedBy = seq,
                Rule = row.Rule,
            },
            _ when register?.Phase == status.Phase && status.Outcome is null => register.Say(status, seq, row.Rule),
            _ => StatusRegister.Of(status, seq, row.Rule),
        };
    }

    private static Rule Relate(
        StatusRegister? register,
        in ParsedStatus status,
        Vocabulary vocabulary,
        bool provablyOld
    )
    {
        if (register is null)
            return Rule.FirstSight;

        if (status.Phase != register.Phase)
            return status.Phase > register.Phase ? Rule.HigherPhase : Rule.LowerPhase;

        if (status.Outcome is { } outcome)
        {
            return register.Word(outcome) is not { } known ? Rule.OtherOutcome
                : status.Word == known ? Rule.KnownOutcome
                : RelateEnds(status, vocabulary.Read(known));
        }

        // A word outside the vocabulary has no rank: it is shown, as any other that is not known, and the rank that was
        // reached stays.
        return status.Word == register.Live || status.Normalised == Vocabulary.Normalise(register.Live!) ? Rule.SameWord
            : status.Recognised && status.Rank != register.Rank
                ? status.Rank > register.Rank ? Rule.HigherRank
                    : Rule.LowerRank
            : provablyOld ? Rule.OtherWordProvablyOld
            : Rule.OtherWord;
    }

    /// <summary>
    /// Of the words of one outcome the one of the highest rank stays, and of several the smallest, normalised and then
    /// as received: the same in every order of arrival.
    /// </summary>
    private static Rule RelateEnds(in ParsedStatus status, in ParsedStatus known)
    {
        if (status.Rank != known.Rank)
            return status.Rank > known.Rank ? Rule.HigherRankedWord : Rule.KnownOutcome;

        var order = string.CompareOrdinal(status.Normalised, known.Normalised);
        return order < 0 || (order == 0 && string.CompareOrdinal(status.Word, known.Word) < 0)
            ? Rule.SmallerWord
            : Rule.KnownOutcome;
    }
}
