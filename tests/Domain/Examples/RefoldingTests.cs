using System.Collections.Immutable;
using CsCheck;
using Orleans.Workflow.Domain.Tests.Histories;
using Orleans.Workflow.Domain.Tests.Properties;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Domain.Tests.Examples;

/// <summary>The state after its receipts are folded again under another vocabulary.</summary>
public sealed class RefoldingTests
{
    private static readonly Vocabulary Other = new(
        Vocabulary
            .DefaultWords.SetItem("on hold", new StatusMeaning(WorkflowPhase.Scheduled))
            .SetItem("stopped", new StatusMeaning(WorkflowPhase.Ended, WorkflowOutcome.Failed)),
        [WorkflowOutcome.Completed, WorkflowOutcome.Cancelled, WorkflowOutcome.Failed]
    );

    [Fact]
    public void A_word_that_the_table_names_now_is_shown_with_its_phase_and_raises_the_version_once()
    {
        var before = new Story()
            .Reported("on hold", Entry.Task("t", "on hold"))
            .Reported("on hold", Entry.Task("t", "on hold"))
            .State;
        var refolded = new Story(new WorkflowFold(Other))
            .Reported("on hold", Entry.Task("t", "on hold"))
            .Reported("on hold", Entry.Task("t", "on hold"))
            .State;

        var (state, transitions) = Refolding.Replace(
            before,
            Vocabulary.DefaultRanking,
            refolded,
            Other,
            at: long.MaxValue
        );

        (state.Version, state.Seq, state.Fingerprint, state.LastChangedAt).ShouldBe(
            (2, 3, Other.Fingerprint, long.MaxValue)
        );
        state.Nodes.Single().Version.ShouldBe(2);
        transitions
            .Select(static change => (change.Kind, change.Subject, change.From?.Phase, change.To?.Phase))
            .ShouldBe([
                (TransitionKind.StatusChanged, Subject.Workflow, WorkflowPhase.Active, WorkflowPhase.Scheduled),
                (TransitionKind.StatusChanged, Subject.Task("n", "t"), WorkflowPhase.Active, WorkflowPhase.Scheduled),
            ]);
    }

    [Fact]
    public void A_state_that_is_shown_as_before_keeps_its_version()
    {
        var before = new Story().Reported("running", Entry.Task("t", "running")).State;
        var refolded = new Story(new WorkflowFold(Other)).Reported("running", Entry.Task("t", "running")).State;

        var (state, transitions) = Refolding.Replace(
            before,
            Vocabulary.DefaultRanking,
            refolded,
            Other,
            at: long.MaxValue
        );

        transitions.ShouldBeEmpty();
        (state.Version, state.Seq, state.Fingerprint, state.LastChangedAt).ShouldBe(
            (1, 2, Other.Fingerprint, before.LastChangedAt)
        );
    }

    [Fact]
    public void A_state_says_that_receipts_were_folded_under_another_vocabulary_than_it_was_begun_under()
    {
        var begun = new Story().Reported("running").State;
        var receipt = new Receipt(Guid.Empty, 0, "airudder", new StatusChange("w1", "Autumn", "paused", []));

        var mixed = new WorkflowFold(Other).Apply(begun, receipt).State;

        mixed.Fingerprint.ShouldBe(Vocabulary.Default.Fingerprint + "+");
        new WorkflowFold(Vocabulary.Default).Apply(mixed, receipt).State.Fingerprint.ShouldBe(mixed.Fingerprint);
    }

    [Fact]
    public void Every_change_that_is_shown_is_a_transition() =>
        Gen.Select(HistoryGen.FoldAndHistory, Gen.OneOf([.. HistoryGen.Vocabularies.Add(Other)]))
            .Sample(
                static (sample, vocabulary) =>
                {
                    var ((fold, history), ranking) = (sample, sample.Item1.Vocabulary.Ranking);
                    var before = fold.FoldAll(history.Receipts);
                    var refolded = new WorkflowFold(vocabulary).FoldAll(history.Receipts);

                    var (state, transitions) = Refolding.Replace(
                        before,
                        ranking,
                        refolded,
                        vocabulary,
                        before.LastChangedAt
                    );

                    var shownBefore = Shown(before, ranking);
                    (Shown(state, vocabulary.Ranking) == shownBefore).ShouldBe(transitions.IsEmpty);
                    state.Version.ShouldBe(before.Version + (transitions.IsEmpty ? 0 : 1));
                    foreach (var node in state.Nodes)
                        node.Version.ShouldBe(
                            transitions.Any(change => change.Subject.NodeTaskId == node.NodeTaskId)
                                ? state.Version
                                : before.FindNode(node.NodeTaskId)!.Version
                        );
                },
                iter: 5_000
            );

    /// <summary>All that is shown of a state but versions and times.</summary>
    private static string Shown(WorkflowState state, ImmutableArray<WorkflowOutcome> ranking) =>
        string.Join(
            '\n',
            [
                $"{state.Name} {string.Join(',', state.Sources)}",
                .. state
                    .Registers()
                    .Select(register =>
                        $"{register.Subject} {register.Register.StatusValue(ranking)} "
                        + $"{string.Join(',', register.Register.Contested(ranking))}"
                    ),
                .. state.Nodes.Select(node =>
                    $"{node.NodeTaskId} {node.Name} {node.NodeType} {node.StatusValue(ranking)}"
                ),
                .. Attention
                    .Of(state, ranking)
                    .Select(static attention =>
                        $"{attention.Kind} {attention.Subject} {string.Join(',', attention.Detail)}"
                    ),
            ]
        );
}
