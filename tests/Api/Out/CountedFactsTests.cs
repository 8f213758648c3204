using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>How facts of several nodes are counted together.</summary>
public sealed class CountedFactsTests
{
    [Fact]
    public void Facts_are_counted_by_kind_and_value_each_in_its_order()
    {
        var counted = CountedFacts.ByKind([
            new FactCount("b", FactKind.CallCompletion, "2", 5, 1),
            new FactCount("", FactKind.ListCompletion, "", 4, 0),
            new FactCount("a", FactKind.CallCompletion, "2", 4, 1),
            new FactCount("a", FactKind.CallCompletion, "12", 3, 0),
            new FactCount("a", FactKind.CallCompletion, "", 1, 0),
        ]);

        JsonSerializer
            .Serialize(counted)
            .ShouldBe(
                """
                {"ListCompletion":{"Count":4,"Values":{}},
                 "CallCompletion":{"Count":13,"Values":{"12":3,"2":9},"Different":2}}
                """.ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal)
            );
    }

    [Fact]
    public void Without_facts_there_are_none_and_of_an_earlier_state_nothing_is_said()
    {
        CountedFacts.ByKind([]).ShouldNotBeNull().ShouldBeEmpty();
        CountedFacts.ByKind(default).ShouldBeNull();
    }
}
