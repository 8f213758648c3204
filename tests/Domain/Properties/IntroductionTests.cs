using System.Collections.Immutable;
using CsCheck;
using Orleans.Workflow.Domain.Tests.Histories;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>Introductions, which facts make, between status changes of every history.</summary>
public sealed class IntroductionTests
{
    private const int Histories = 3_000;

    private static readonly Gen<(WorkflowFold Fold, History History, int Seed)> Gen = HistoryGen.FoldAndHistory.Select(
        CsCheck.Gen.Int,
        static (sample, seed) => (sample.Item1, sample.Item2, seed)
    );

    [Fact]
    public void Wherever_they_come_the_state_is_the_same() =>
        Gen.Sample(
            static sample =>
            {
                var (fold, history, seed) = sample;
                var introductions = Introductions(history, new Random(seed));
                var arrived = fold.FoldAll(Between(history.Receipts, introductions, seed));
                var rearranged = fold.FoldAll(Between(history.Rearranged, introductions, ~seed));

                Shown(fold, arrived).ShouldBe(Shown(fold, rearranged));
            },
            iter: Histories
        );

    [Fact]
    public void They_add_nodes_and_decide_no_status() =>
        Gen.Sample(
            static sample =>
            {
                var (fold, history, seed) = sample;
                var without = fold.FoldAll(history.Receipts);
                var introductions = Introductions(history, new Random(seed));
                var with = fold.FoldAll(Between(history.Receipts, introductions, seed));

                Words(fold, with).ShouldBe(Words(fold, without));
                with.Sources.ShouldBe(without.Sources);
                with.Nodes.Select(static node => node.NodeTaskId)
                    .ShouldBe(
                        without
                            .Nodes.Select(static node => node.NodeTaskId)
                            .Union(introductions.SelectMany(Nodes))
                            .Order(StringComparer.Ordinal)
                    );
                Text(with.Totals).ShouldBe(Text(NodeTotals.Of(with.Nodes)));
            },
            iter: Histories
        );

    [Fact]
    public void One_that_comes_again_changes_nothing() =>
        Gen.Sample(
            static sample =>
            {
                var (fold, history, seed) = sample;
                var introductions = Introductions(history, new Random(seed));
                var state = fold.FoldAll(Between(history.Receipts, introductions, seed));
                foreach (var introduction in introductions)
                {
                    var trace = new FoldTrace();
                    var result = fold.Apply(state, introduction, trace);
                    trace.Names.ShouldBeEmpty();
                    result.Effect.ShouldBe(ReceiptEffect.Duplicate);
                    (result.State with { Seq = state.Seq, LastReceivedAt = state.LastReceivedAt }).ShouldBe(
                        state with
                        {
                            Totals = result.State.Totals,
                        }
                    );
                }
            },
            iter: Histories
        );

    /// <summary>Of nodes that the history knows, and of others.</summary>
    private static List<Receipt> Introductions(History history, Random random)
    {
        var known = history.Receipts.SelectMany(Nodes).Append("x").Distinct().ToArray();
        return
        [
            .. Enumerable
                .Range(0, 1 + random.Next(4))
                .Select(_ => new Receipt(
                    Guid.CreateVersion7(),
                    1_800_000_000_000 + random.Next(1_000_000),
                    "facts",
                    new StatusChange(
                        "w1",
                        random.Next(2) == 0 ? null : "Lent",
                        Status: null,
                        [
                            .. random
                                .GetItems(known, random.Next(3))
                                .Distinct()
                                .Select(node => new StatusChangeAction(
                                    node,
                                    random.Next(2) == 0 ? null : "Lent node",
                                    random.Next(2) == 0 ? null : "call",
                                    null,
                                    null
                                )),
                        ]
                    )
                )),
        ];
    }

    private static string Text(NodeTotals totals) =>
        $"{totals.Tasks} {totals.Unfinished} {totals.Bytes} {string.Join(',', totals.Types.Zip(totals.NodesOfTypes))}";

    private static IEnumerable<string> Nodes(Receipt receipt) =>
        receipt.Notification.Actions.Select(static action => action.NodeTaskId);

    private static List<Receipt> Between(ImmutableArray<Receipt> receipts, IEnumerable<Receipt> introductions, int seed)
    {
        var random = new Random(seed);
        var all = receipts.ToList();
        foreach (var introduction in introductions.OrderBy(_ => random.Next()))
            all.Insert(random.Next(all.Count + 1), introduction);

        return all;
    }

    private static string Shown(WorkflowFold fold, WorkflowState state) =>
        $"{Converged.Of(state, fold.Vocabulary)}{state.HasFacts} {state.LentName} "
        + string.Join(',', state.Nodes.Select(static node => (node.NodeTaskId, node.HasFacts)));

    private static IEnumerable<(Subject, string, WorkflowPhase)> Words(WorkflowFold fold, WorkflowState state) =>
        state
            .Registers()
            .Select(pair => (pair.Subject, pair.Register.StatusBy(fold.Vocabulary.Ranking), pair.Register.Phase));
}
