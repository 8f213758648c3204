using System.Collections.Immutable;
using Orleans.Workflow.Domain.Tests.Histories;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>Workflows with many nodes and tasks, so that a look-up takes several steps.</summary>
public sealed class WideWorkflowTests
{
    private const int Histories = 60;

    [Fact]
    public void Notifications_about_some_of_many_nodes_and_tasks_do_what_the_specification_says() =>
        ForEach(
            static (fold, history) => NaiveFold.The_fold_does_what_the_specification_says(fold, history).ShouldBeNull()
        );

    [Fact]
    public void Every_order_of_them_gives_the_same_state() =>
        ForEach(static (fold, history) => FoldProperties.C1_Convergence(fold, history).ShouldBeNull());

    [Fact]
    public void What_the_list_shows_of_them_follows_from_the_state() =>
        ForEach(
            static (fold, history) =>
            {
                foreach (var (_, _, result) in fold.Steps(history.Receipts))
                {
                    var state = result.State;
                    Attention.BitsOf(state).ShouldBe(Attention.Bits(Attention.Of(state, fold.Vocabulary.Ranking)));
                    state.Totals.Types.ShouldBe(
                        state.Nodes.Select(static node => node.NodeType).Distinct().Order(StringComparer.Ordinal)
                    );
                    var tasks = state.Nodes.SelectMany(static node => node.Tasks).ToList();
                    state.Totals.Tasks.ShouldBe(tasks.Count);
                    state.Totals.Contested.ShouldBe(tasks.Count(static task => task.Status.IsContested));
                    state.Totals.Unrecognised.ShouldBe(tasks.Count(static task => task.Status.Unrecognised));
                    state.Totals.Unfinished.ShouldBe(
                        state
                            .Nodes.SelectMany(static node => node.CountingTasks())
                            .Count(static task => task.Status.Phase != WorkflowPhase.Ended)
                    );
                    var counted = NodeTotals.Of(state.Nodes);
                    state.Totals.NodesOfTypes.ShouldBe(counted.NodesOfTypes);
                    (state.Totals with { Types = [], NodesOfTypes = [] }).ShouldBe(
                        counted with
                        {
                            Types = [],
                            NodesOfTypes = [],
                        }
                    );
                    state.Nodes.ShouldAllBe(static node =>
                        node.Tasks.All(task => ReferenceEquals(node.FindTask(task.TaskId), task))
                    );
                }
            }
        );

    private static void ForEach(Action<WorkflowFold, History> check)
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            var random = new Random(seed);
            ImmutableArray<Receipt> receipts =
            [
                .. Enumerable
                    .Range(0, 12)
                    .Select(_ => new Delivery(Campaign.DefaultSource, Say(random, 1 + (seed % 40))))
                    .Receipts(),
            ];
            var rearranged = receipts.ToArray();
            random.Shuffle(rearranged);
            check(
                new WorkflowFold(HistoryGen.Vocabularies[seed % HistoryGen.Vocabularies.Length]),
                new History(receipts, [.. rearranged])
            );
        }
    }

    private static StatusChange Say(Random random, int nodes) =>
        new(
            "w1",
            "Autumn",
            Words.All.Pick(random.Next()),
            [
                .. Enumerable
                    .Range(0, random.Next(4) == 0 ? 400 : random.Next(6))
                    .Select(_ => new StatusChangeAction(
                        $"n{random.Next(nodes)}",
                        random.Next(5) == 0 ? null : "Call",
                        random.Next(5) == 0 ? null : Words.NodeTypes.Pick(random.Next()),
                        random.Next(50) == 0 ? null : $"t{random.Next(300)}",
                        Words.All.Pick(random.Next())
                    )),
            ]
        );
}
