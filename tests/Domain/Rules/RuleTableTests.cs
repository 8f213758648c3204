namespace Orleans.Workflow.Domain.Tests.Rules;

public sealed class RuleTableTests
{
    public static TheoryData<string> Expectations =>
        [.. RuleExpectations.All.Select(static expectation => expectation.Name)];

    [Theory]
    [MemberData(nameof(Expectations))]
    public void By_the_rules(string expectation) =>
        RuleExpectations.All.Single(known => known.Name == expectation).Check(new WorkflowFold(Vocabulary.Default));

    [Fact]
    public void There_is_one_row_for_each_rule_in_the_order_of_the_rules() =>
        RuleTable.Default.Rows.Select(static row => row.Rule).ShouldBe(Enum.GetValues<Rule>());

    [Fact]
    public void A_table_that_lacks_a_rule_is_refused() =>
        Should.Throw<ArgumentException>(() => new RuleTable(RuleTable.Default.Rows.RemoveAt(8)));

    [Fact]
    public void A_table_in_another_order_is_refused() =>
        Should.Throw<ArgumentException>(() => new RuleTable([.. RuleTable.Default.Rows.Reverse()]));
}
