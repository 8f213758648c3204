using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Vocabularies;
using static Orleans.Workflow.Domain.Tests.Examples.Entry;

namespace Orleans.Workflow.Domain.Tests.Examples;

public sealed class VocabularyTests
{
    [Theory]
    [InlineData("finished", "finished")]
    [InlineData("FINISHED", "finished")]
    [InlineData("Not_Started", "not started")]
    [InlineData("not-started", "not started")]
    [InlineData(" not \t_-  started\n", "not started")]
    [InlineData("not\u00a0started", "not started")]
    [InlineData("--", "")]
    [InlineData("", "")]
    [InlineData("Überprüft", "überprüft")]
    [InlineData("审核中", "审核中")]
    public void Words_are_compared_without_case_and_with_one_blank_for_many(string word, string normalised) =>
        Vocabulary.Normalise(word).ShouldBe(normalised);

    [Theory]
    [InlineData("creating", WorkflowPhase.Scheduled, null)]
    [InlineData("Not Started", WorkflowPhase.Scheduled, null)]
    [InlineData("Running", WorkflowPhase.Active, null)]
    [InlineData("IN_PROGRESS", WorkflowPhase.Active, null)]
    [InlineData("Paused", WorkflowPhase.Active, null)]
    [InlineData("finished", WorkflowPhase.Ended, WorkflowOutcome.Completed)]
    [InlineData("Cancelled", WorkflowPhase.Ended, WorkflowOutcome.Cancelled)]
    [InlineData("canceled", WorkflowPhase.Ended, WorkflowOutcome.Cancelled)]
    [InlineData("error", WorkflowPhase.Ended, WorkflowOutcome.Failed)]
    [InlineData("sent", WorkflowPhase.Active, null)]
    [InlineData("RINGING", WorkflowPhase.Active, null)]
    [InlineData("Delivered", WorkflowPhase.Ended, WorkflowOutcome.Completed)]
    [InlineData("read", WorkflowPhase.Ended, WorkflowOutcome.Completed)]
    [InlineData("HANGUP", WorkflowPhase.Ended, WorkflowOutcome.Completed)]
    [InlineData("undelivered", WorkflowPhase.Ended, WorkflowOutcome.Failed)]
    [InlineData("NO_ANSWER", WorkflowPhase.Ended, WorkflowOutcome.Failed)]
    [InlineData("BUSY", WorkflowPhase.Ended, WorkflowOutcome.Failed)]
    [InlineData("DECLINED", WorkflowPhase.Ended, WorkflowOutcome.Failed)]
    [InlineData("Rejected", WorkflowPhase.Ended, WorkflowOutcome.Failed)]
    [InlineData("VOICEMAIL", WorkflowPhase.Ended, WorkflowOutcome.Failed)]
    [InlineData("EXPIRED", WorkflowPhase.Ended, WorkflowOutcome.Failed)]
    public void The_usual_words_are_known(string word, WorkflowPhase phase, WorkflowOutcome? outcome)
    {
        var status = Vocabulary.Default.Read(word);
        (status.Word, status.Phase, status.Outcome, status.Recognised).ShouldBe((word, phase, outcome, true));
    }

    [Fact]
    public void Each_default_word_is_its_own_normal_form() =>
        Vocabulary.DefaultWords.Keys.ShouldAllBe(word => Vocabulary.Normalise(word) == word);

    [Fact]
    public void An_unknown_word_is_kept_and_counts_as_active()
    {
        var status = Vocabulary.Default.Read("Re-Checking");
        (status.Word, status.Normalised, status.Phase, status.Outcome, status.Recognised).ShouldBe(
            ("Re-Checking", "re checking", WorkflowPhase.Active, null, false)
        );
    }

    [Fact]
    public void The_fingerprint_does_not_depend_on_order_or_spelling()
    {
        var other = new Vocabulary(
            Vocabulary
                .DefaultWords.Reverse()
                .Select(static word => KeyValuePair.Create(word.Key.ToUpperInvariant().Replace(' ', '_'), word.Value)),
            Vocabulary.DefaultRanking
        );
        other.Fingerprint.ShouldBe(Vocabulary.Default.Fingerprint);
        other.Fingerprint.ShouldMatch("^[0-9a-f]{16}$");
    }

    [Fact]
    public void The_fingerprint_distinguishes_words_meanings_and_rankings()
    {
        var words = Vocabulary.DefaultWords;
        string[] fingerprints =
        [
            Vocabulary.Default.Fingerprint,
            new Vocabulary(
                words.Add("on hold", new StatusMeaning(WorkflowPhase.Active)),
                Vocabulary.DefaultRanking
            ).Fingerprint,
            new Vocabulary(
                words.SetItem("paused", new StatusMeaning(WorkflowPhase.Scheduled)),
                Vocabulary.DefaultRanking
            ).Fingerprint,
            new Vocabulary(
                words.SetItem("paused", new StatusMeaning(WorkflowPhase.Active, Rank: 1)),
                Vocabulary.DefaultRanking
            ).Fingerprint,
            new Vocabulary(
                words.SetItem("paused", new StatusMeaning(WorkflowPhase.Active, Rank: 2)),
                Vocabulary.DefaultRanking
            ).Fingerprint,
            new Vocabulary(
                words.SetItem("stopped", new StatusMeaning(WorkflowPhase.Ended, WorkflowOutcome.Failed)),
                Vocabulary.DefaultRanking
            ).Fingerprint,
            new Vocabulary(
                words,
                [WorkflowOutcome.Cancelled, WorkflowOutcome.Failed, WorkflowOutcome.Completed]
            ).Fingerprint,
        ];
        fingerprints.ShouldBeUnique();
    }

    [Fact]
    public void The_state_carries_the_fingerprint_it_was_folded_under() =>
        new Story().Reported("running").State.Fingerprint.ShouldBe(Vocabulary.Default.Fingerprint);

    [Fact]
    public void Two_spellings_of_a_word_must_agree() =>
        Should.Throw<ArgumentException>(() =>
            new Vocabulary(
                [
                    KeyValuePair.Create("on hold", new StatusMeaning(WorkflowPhase.Active)),
                    KeyValuePair.Create("On_Hold", new StatusMeaning(WorkflowPhase.Scheduled)),
                ],
                Vocabulary.DefaultRanking
            )
        );

    [Fact]
    public void An_ended_word_must_have_an_outcome() =>
        Should.Throw<ArgumentException>(() =>
            new Vocabulary(
                [KeyValuePair.Create("over", new StatusMeaning(WorkflowPhase.Ended))],
                Vocabulary.DefaultRanking
            )
        );

    [Fact]
    public void A_live_word_must_not_have_an_outcome() =>
        Should.Throw<ArgumentException>(() =>
            new Vocabulary(
                [KeyValuePair.Create("on hold", new StatusMeaning(WorkflowPhase.Active, WorkflowOutcome.Failed))],
                Vocabulary.DefaultRanking
            )
        );

    [Theory]
    [InlineData("delivered", "sent")]
    [InlineData("undelivered", "sent")]
    [InlineData("read", "delivered")]
    [InlineData("seen", "sent")]
    [InlineData("sent", "sending")]
    [InlineData("answered", "ringing")]
    [InlineData("ringing", "dialing")]
    [InlineData("busy", "ringing")]
    [InlineData("hangup", "answered")]
    public void A_word_that_comes_late_does_not_take_a_status_back(string word, string late)
    {
        var story = new Story().Reported("running", Task("t", word)).Reported("running", Task("t", late));
        (story.StatusValue()!.Value.Status, story.State.Version).ShouldBe((word, 1));
        var inOrder = new Story().Reported("running", Task("t", late)).Reported("running", Task("t", word));
        inOrder.StatusValue().ShouldBe(story.StatusValue());
    }

    [Fact]
    public void Words_that_alternate_have_one_rank() =>
        new Story()
            .Reported("running", Task("t", "sending"))
            .Reported("running", Task("t", "paused"))
            .Reported("running", Task("t", "sending"))
            .Task("t")
            .Live.ShouldBe("sending");

    [Theory]
    [InlineData("active:20", WorkflowPhase.Active, null, 20)]
    [InlineData(" Scheduled : 999 ", WorkflowPhase.Scheduled, null, 999)]
    [InlineData("COMPLETED:1", WorkflowPhase.Ended, WorkflowOutcome.Completed, 1)]
    [InlineData("failed", WorkflowPhase.Ended, WorkflowOutcome.Failed, 0)]
    [InlineData("active:0", WorkflowPhase.Active, null, 0)]
    public void A_meaning_is_read_with_its_rank_and_written_as_it_was(
        string text,
        WorkflowPhase phase,
        WorkflowOutcome? outcome,
        int rank
    )
    {
        var meaning = MeaningWords.Parse(text).ShouldNotBeNull();
        meaning.ShouldBe(new StatusMeaning(phase, outcome, rank));
        MeaningWords.Parse(MeaningWords.Of(meaning)).ShouldBe(meaning);
    }

    [Theory]
    [InlineData("active:")]
    [InlineData("active:1000")]
    [InlineData("active:-1")]
    [InlineData("active:1.5")]
    [InlineData("active:1:2")]
    [InlineData(":5")]
    [InlineData("ended:5")]
    public void What_is_no_rank_is_refused(string text) => MeaningWords.Parse(text).ShouldBeNull();

    [Fact]
    public void A_vocabulary_without_ranks_keeps_its_fingerprint_and_its_stored_form()
    {
        const string Stored =
            """{"ranking":["failed","cancelled","completed"],"words":"""
            + """{"done":"completed","on hold":"scheduled","running":"active"}}""";
        var vocabulary = VocabularyDocument.Read(Stored);
        VocabularyDocument.Write(vocabulary).ShouldBe(Stored);
        vocabulary.Fingerprint.ShouldBe("8c5c3f87d6eef2a8");
    }

    [Fact]
    public void A_vocabulary_is_stored_with_its_ranks()
    {
        var read = VocabularyDocument.Read(VocabularyDocument.Write(Vocabulary.Default));
        (read.Fingerprint, read.Words["sent"]).ShouldBe(
            (Vocabulary.Default.Fingerprint, new StatusMeaning(WorkflowPhase.Active, Rank: 10))
        );
    }

    [Fact]
    public void A_ranking_must_name_each_outcome_once() =>
        Should.Throw<ArgumentException>(() =>
            new Vocabulary(
                Vocabulary.DefaultWords,
                [WorkflowOutcome.Failed, WorkflowOutcome.Failed, WorkflowOutcome.Completed]
            )
        );
}
