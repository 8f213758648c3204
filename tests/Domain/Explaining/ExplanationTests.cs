using CsCheck;
using Orleans.Workflow.Domain.Tests.Histories;
using Orleans.Workflow.Domain.Tests.Properties;
using Orleans.Workflow.Grains.Explaining;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Replays;

namespace Orleans.Workflow.Domain.Tests.Explaining;

/// <summary>An explanation says what the fold's own trace says, over histories that are new in each run.</summary>
public sealed class ExplanationTests
{
    private const int Histories = 5_000;

    [Fact]
    public void Each_decision_names_the_receipt_and_the_rule_that_the_trace_names() =>
        ForEachHistory(static replayed =>
        {
            foreach (var (subject, register) in replayed.State.Registers())
            {
                var explained = replayed.Register(subject);
                var decisive = replayed
                    .Decisions(subject)
                    .Last(static decision => decision.Row.Resolution != Resolution.Keep);
                (explained.DecidedBy.Seq, explained.Rule).ShouldBe((decisive.Seq, decisive.Row.Rule));
                (explained.DecidedBy.Seq, explained.Rule).ShouldBe((register.DecidedBy, register.Rule));
                explained.DecidedByArrival.ShouldBe(
                    register.Phase != WorkflowPhase.Ended && decisive.Row.Rule == Rule.OtherWord
                );
                explained.DecidedBy.ReceiptId.ShouldBe(replayed.History.Receipts[(int)decisive.Seq - 1].Id);
            }
        });

    [Fact]
    public void Every_other_observation_was_overruled_once() =>
        ForEachHistory(static replayed =>
        {
            foreach (var (subject, _) in replayed.State.Registers())
            {
                var decisions = replayed.Decisions(subject);
                var kept = decisions.Where(static decision => decision.Row.Resolution == Resolution.Keep).ToList();
                var deciding = decisions
                    .Where(static decision => decision.Row.Resolution != Resolution.Keep)
                    .Select(static decision => decision.Seq)
                    .Distinct()
                    .ToList();
                var overruled = replayed.Register(subject).Overruled;

                overruled.Count.ShouldBe(kept.Count + deciding.Count - 1);
                overruled.ByReason.Sum(static reason => reason.Count).ShouldBe(overruled.Count);
                overruled.Latest.Length.ShouldBe((int)Math.Min(5, overruled.Count));
                Count(overruled, OverruledReason.ProvablyOld)
                    .ShouldBe(kept.Count(static decision => decision.Row.Rule == Rule.OtherWordProvablyOld));
                Count(overruled, OverruledReason.Stale)
                    .ShouldBe(kept.Count(static decision => decision.Row.Rule is Rule.LowerPhase or Rule.LowerRank));
                Count(overruled, OverruledReason.Duplicate)
                    .ShouldBe(kept.Count(static decision => decision.Row.Effect == ReceiptEffect.Duplicate));
            }
        });

    [Fact]
    public void What_is_provably_old_is_so_by_a_task_that_was_known_in_a_higher_phase() =>
        ForEachHistory(static replayed =>
        {
            foreach (var overruled in replayed.Overruled)
            {
                if (overruled.Reason == OverruledReason.ProvablyOld)
                    overruled.Proof.ShouldNotBeNull();

                if (overruled.Proof is not { } proof)
                    continue;

                var before = replayed.Fold.FoldAll(replayed.History.Receipts.Take((int)overruled.Receipt.Seq - 1));
                var known = before
                    .FindNode(proof.Task.NodetaskId!)!
                    .Tasks.Single(task => task.TaskId == proof.Task.TaskId)
                    .Status;
                (known.Phase, known.DecidedBy).ShouldBe((proof.Known, proof.KnownBySeq));
                (replayed.Fold.Vocabulary.Read(proof.Reported).Phase < known.Phase).ShouldBeTrue();
                replayed
                    .History.Receipts[(int)overruled.Receipt.Seq - 1]
                    .Notification.Actions.ShouldContain(entry =>
                        entry.NodeTaskId == proof.Task.NodetaskId
                        && entry.TaskId == proof.Task.TaskId
                        && entry.TaskStatus == proof.Reported
                    );
            }
        });

    [Fact]
    public void A_contested_word_comes_from_the_first_receipt_that_reported_it() =>
        ForEachHistory(static replayed =>
        {
            foreach (var (subject, register) in replayed.State.Registers())
            {
                var contested = replayed.Register(subject).Contested;
                contested
                    .Select(static word => word.Word)
                    .ShouldBe(register.Contested(replayed.Fold.Vocabulary.Ranking));
                foreach (var word in contested)
                {
                    var first = replayed
                        .Decisions(subject)
                        .First(decision =>
                            decision.Reported == word.Word
                            && replayed.Fold.Vocabulary.Read(decision.Reported).Phase == WorkflowPhase.Ended
                        );
                    word.Receipt.Seq.ShouldBe(first.Seq);
                }
            }
        });

    [Fact]
    public void A_name_comes_from_the_receipt_after_which_it_was_shown() =>
        ForEachHistory(static replayed =>
        {
            var steps = replayed.Fold.Steps(replayed.History.Receipts).ToList();
            var since = steps.FindLastIndex(step => step.Before.Name != step.Result.State.Name) + 1;
            (replayed.Explanation.WorkflowName.Value, replayed.Explanation.WorkflowName.From.Seq).ShouldBe(
                (replayed.State.Name!, (long)since)
            );
            foreach (var node in replayed.Explanation.Nodes)
            {
                since =
                    steps.FindLastIndex(step =>
                        step.Before.FindNode(node.NodetaskId)?.Name != step.Result.State.FindNode(node.NodetaskId)?.Name
                    ) + 1;
                (node.NodetaskName.Value, node.NodetaskName.From.Seq).ShouldBe(
                    (replayed.State.FindNode(node.NodetaskId)!.Name, (long)since)
                );
            }
        });

    [Fact]
    public void A_node_shows_the_status_of_its_representative_task() =>
        ForEachHistory(static replayed =>
        {
            foreach (var node in replayed.Explanation.Nodes)
            {
                var standsFor = node.RepresentativeTask is null
                    ? null
                    : node.Tasks.Single(task => task.TaskId == node.RepresentativeTask.TaskId);
                (node.Status, node.Phase, node.Outcome).ShouldBe(
                    (standsFor?.Register.Status, standsFor?.Register.Phase, standsFor?.Register.Outcome)
                );
                (standsFor?.Counts ?? true).ShouldBeTrue();
            }
        });

    [Fact]
    public void Every_attention_has_its_receipts() =>
        ForEachHistory(static replayed =>
        {
            replayed.Explanation.Attention.Length.ShouldBe(
                Attention.Of(replayed.State, replayed.Fold.Vocabulary.Ranking).Length
            );
            replayed.Explanation.Attention.ShouldAllBe(static attention =>
                attention.Because.Length >= (attention.Kind == AttentionReason.UnrecognisedStatus ? 1 : 2)
            );
        });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Pages_put_together_are_all_that_was_overruled(int limit)
    {
        var replayed = new ReplayedHistory(
            new WorkflowFold(Vocabulary.Default),
            HistoryGen.Fixed(40).MaxBy(static history => history.Receipts.Length)!
        );
        var topic = new Topic(Subject.Workflow, null);
        var found = new List<Overruled>();
        for (long? skip = 0; skip is { } place; )
        {
            var page = new OverruledPage(topic, place, limit);
            replayed.Replay(new Explainer(page.Add));
            page.Items.Length.ShouldBeLessThanOrEqualTo(limit);
            found.AddRange(page.Items);
            skip = page.Next;
        }

        found.Count.ShouldBe((int)replayed.Explanation.Status!.Overruled.Count);
        found.TakeLast(5).Reverse().ShouldBe(replayed.Explanation.Status.Overruled.Latest);
    }

    private static long Count(OverruledSummary summary, OverruledReason reason) =>
        summary.ByReason.SingleOrDefault(count => count.Reason == reason).Count;

    private static void ForEachHistory(Action<ReplayedHistory> check) =>
        HistoryGen.FoldAndHistory.Sample(
            (fold, history) => check(new ReplayedHistory(fold, history)),
            iter: Histories,
            print: static sample => sample.Item2.ToString()
        );
}

/// <summary>A history with its trace and its explanation.</summary>
internal sealed class ReplayedHistory
{
    private readonly List<Decision> _decisions = [];
    private readonly List<Overruled> _overruled = [];

    public ReplayedHistory(WorkflowFold fold, History history)
    {
        (Fold, History) = (fold, history);
        var explainer = new Explainer((_, overruled) => _overruled.Add(overruled));
        State = Replay(explainer, _decisions);
        Explanation = explainer.Explain(new ReplayedWorkflow(State, fold.Vocabulary));
    }

    public WorkflowFold Fold { get; }

    public History History { get; }

    public WorkflowState State { get; }

    public Explanation Explanation { get; }

    public IReadOnlyList<Overruled> Overruled => _overruled;

    /// <summary>Folds the history before the eyes of an explainer.</summary>
    public WorkflowState Replay(Explainer explainer, List<Decision>? decisions = null)
    {
        var state = WorkflowState.Unknown("w1");
        foreach (var receipt in History.Receipts)
        {
            var trace = new FoldTrace();
            state = Fold.Apply(state, receipt, trace).State;
            decisions?.AddRange(trace.Decisions);
            var row = new ReceiptRow(
                receipt.Id,
                state.Seq,
                receipt.ReceivedAt,
                receipt.Source,
                ReceiptEffect.Advanced,
                state.Version,
                state.Fingerprint,
                default,
                []
            );
            explainer.Folded(row, Fold.Vocabulary, trace);
        }

        return state;
    }

    public List<Decision> Decisions(Subject subject) => _decisions.FindAll(decision => decision.Subject == subject);

    public RegisterExplanation Register(Subject subject) =>
        subject == Subject.Workflow
            ? Explanation.Status!
            : Explanation
                .Nodes.Single(node => node.NodetaskId == subject.NodeTaskId)
                .Tasks.Single(task => task.TaskId == subject.TaskId)
                .Register;
}
