using Orleans.Workflow.Domain.Tests.Histories;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>The properties say something only if the histories go everywhere.</summary>
public sealed class HistoryCoverageTests(ITestOutputHelper output)
{
    [Fact]
    public void The_histories_reach_every_rule_effect_transition_and_attention()
    {
        var fold = new WorkflowFold(Vocabulary.Default);
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        void See(object what) =>
            seen[$"{what.GetType().Name}.{what}"] = seen.GetValueOrDefault($"{what.GetType().Name}.{what}") + 1;

        foreach (var history in HistoryGen.Fixed(1_200))
        {
            var state = WorkflowState.Unknown("w1");
            foreach (var receipt in history.Receipts)
            {
                var trace = new FoldTrace();
                var result = fold.Apply(state, receipt, trace);
                state = result.State;
                See(result.Effect);
                foreach (var decision in trace.Decisions)
                    See(decision.Row.Rule);

                foreach (var transition in result.Transitions)
                    See(transition.Kind);
            }

            foreach (var attention in Attention.Of(state, fold.Vocabulary.Ranking))
                See(attention.Kind);
        }

        foreach (var (what, count) in seen)
            output.WriteLine($"{what}: {count}");

        IEnumerable<Enum> wanted =
        [
            .. Enum.GetValues<Rule>(),
            .. Enum.GetValues<ReceiptEffect>().Except([ReceiptEffect.Recorded, ReceiptEffect.Differs]),
            .. Enum.GetValues<TransitionKind>(),
            .. Enum.GetValues<AttentionReason>(),
        ];
        wanted
            .Where(what => seen.GetValueOrDefault($"{what.GetType().Name}.{what}") < 20)
            .ShouldBeEmpty("reached less than 20 times");
    }
}
