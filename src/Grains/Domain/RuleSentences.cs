namespace Orleans.Workflow.Grains.Domain;

/// <summary>When a rule applies, in the words of the README's rule table.</summary>
public static class RuleSentences
{
    /// <summary>The sentence of a rule.</summary>
    public static string Of(Rule rule) => rule switch
    {
        Rule.FirstSight => "nothing was known yet",
        Rule.HigherPhase => "a higher phase",
        Rule.LowerPhase => "a lower phase",
        Rule.SameWord => "both live in the same phase, same normalised word",
        Rule.OtherWord => "both live in the same phase, other word",
        Rule.OtherWordProvablyOld => "the same, but the receipt is provably old",
        Rule.OtherOutcome => "both ended, with an outcome that was not told before",
        Rule.SmallerWord => "both ended, with a known outcome and a smaller word",
        Rule.KnownOutcome => "both ended, with a known outcome and its word or a greater one",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Not a rule."),
    };
}
