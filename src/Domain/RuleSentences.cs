namespace Orleans.Workflow.Domain;

/// <summary>When a rule applies, in the words of the README's rule table.</summary>
public static class RuleSentences
{
    /// <summary>The sentence of a rule.</summary>
    public static string Of(Rule rule) =>
        rule switch
        {
            Rule.FirstSight => "nothing was known yet",
            Rule.HigherPhase => "a higher phase",
            Rule.LowerPhase => "a lower phase",
            Rule.SameWord => "both live in the same phase, same normalised word",
            Rule.OtherWord => "both live in the same phase, other word, of the same rank or outside the vocabulary",
            Rule.OtherWordProvablyOld => "the same, but the receipt is provably old",
            Rule.OtherOutcome => "both ended, with an outcome that was not reported before",
            Rule.SmallerWord => "both ended, with a known outcome and a smaller word of the same rank",
            Rule.KnownOutcome => "both ended, with a known outcome and its word, one of a lower rank, or a greater one",
            Rule.HigherRank => "both live in the same phase, a higher rank",
            Rule.LowerRank => "both live in the same phase, a lower rank",
            Rule.HigherRankedWord => "both ended, with a known outcome and a word of a higher rank",
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Not a rule."),
        };
}
