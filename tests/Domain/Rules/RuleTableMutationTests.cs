using Orleans.Workflow.Domain.Tests.Histories;
using Orleans.Workflow.Domain.Tests.Properties;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain.Tests.Rules;

/// <summary>
/// Every row of the rule table is there for a reason: with any row set to any other resolution and effect, at least one
/// expectation or property is violated. The output of each case names them.
/// </summary>
/// <remarks>
/// Fifteen flips leave every state and every effect as they are: on a first sight and of a live word, to join is to
/// take; what changes a register is at least advanced; and a receipt that is provably old is stale by its evidence
/// already. They would make <c>explain</c> lie, and are caught as that: by the sentence of the row, and by the property
/// that the trace tells the truth.
/// </remarks>
public sealed class RuleTableMutationTests(ITestOutputHelper output)
{
    private static readonly Lazy<History[]> Histories = new(static () => [.. HistoryGen.Fixed(150)]);

    public static TheoryData<Rule, Resolution, ReceiptEffect> Flips
    {
        get
        {
            var flips = new TheoryData<Rule, Resolution, ReceiptEffect>();
            foreach (var row in RuleTable.Default.Rows)
            {
                foreach (var resolution in Enum.GetValues<Resolution>())
                {
                    foreach (var effect in Enum.GetValues<ReceiptEffect>())
                    {
                        if ((resolution, effect) != (row.Resolution, row.Effect))
                            flips.Add(row.Rule, resolution, effect);
                    }
                }
            }

            return flips;
        }
    }

    [Theory]
    [MemberData(nameof(Flips))]
    public void A_flipped_row_is_noticed(Rule rule, Resolution resolution, ReceiptEffect effect)
    {
        var rows = RuleTable.Default.Rows.SetItem((int)rule, new RuleRow(rule, resolution, effect));
        var fold = new WorkflowFold(Vocabulary.Default, new RuleTable(rows));

        var properties = FoldProperties
            .All.Where(property => IsViolated(property, fold))
            .Select(static property => property.Name)
            .ToList();
        var sentences = RuleExpectations
            .All.Where(expectation => IsViolated(expectation.Check, fold))
            .Select(static expectation => expectation.Name)
            .ToList();

        output.WriteLine($"{rule} {resolution} {effect}: {string.Join(", ", [.. properties, .. sentences])}");
        properties.ShouldNotBeEmpty("no property noticed");
        sentences.ShouldNotBeEmpty("no sentence noticed");
    }

    [Fact]
    public void The_rules_as_they_are_violate_nothing()
    {
        var fold = new WorkflowFold(Vocabulary.Default);
        FoldProperties.All.ShouldAllBe(property => !IsViolated(property, fold));
        RuleExpectations.All.ShouldAllBe(expectation => !IsViolated(expectation.Check, fold));
    }

    private static bool IsViolated(FoldProperty property, WorkflowFold fold) =>
        Histories.Value.Any(history => !Holds(() => property.Check(fold, history) is null));

    private static bool IsViolated(Action<WorkflowFold> check, WorkflowFold fold) =>
        !Holds(() =>
        {
            check(fold);
            return true;
        });

    // A flipped table can make registers that nothing else is written for: what throws does not hold.
    private static bool Holds(Func<bool> check)
    {
        try
        {
            return check();
        }
        catch (Exception exception)
            when (exception
                    is ShouldAssertException
                        or ArgumentException
                        or InvalidOperationException
                        or NullReferenceException
            )
        {
            return false;
        }
    }
}
