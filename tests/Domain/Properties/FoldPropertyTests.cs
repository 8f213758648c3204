using CsCheck;
using Orleans.Workflow.Domain.Tests.Histories;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>
/// Every property over histories that are new in each run. A failure prints the seed and the smallest history found;
/// replay it by setting the environment variable <c>CsCheck_Seed</c>.
/// </summary>
public sealed class FoldPropertyTests
{
    private const int Histories = 20_000;

    public static TheoryData<string> Properties => [.. FoldProperties.All.Select(static property => property.Name)];

    [Theory]
    [MemberData(nameof(Properties))]
    public void Holds_for_every_history(string name)
    {
        var property = FoldProperties.All.Single(property => property.Name == name);
        HistoryGen.FoldAndHistory.Sample(
            (fold, history) =>
            {
                var violation = property.Check(fold, history);
                Assert.True(violation is null, violation);
            },
            iter: Histories,
            print: static sample => sample.Item2.ToString()
        );
    }
}
