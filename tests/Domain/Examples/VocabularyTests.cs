using Orleans.Workflow.Grains.Domain;
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
    [InlineData("creating", Phase.Scheduled, null)]
    [InlineData("Not Started", Phase.Scheduled, null)]
    [InlineData("Running", Phase.Active, null)]
    [InlineData("IN_PROGRESS", Phase.Active, null)]
    [InlineData("Paused", Phase.Active, null)]
    [InlineData("finished", Phase.Ended, Outcome.Completed)]
    [InlineData("Cancelled", Phase.Ended, Outcome.Cancelled)]
    [InlineData("canceled", Phase.Ended, Outcome.Cancelled)]
    [InlineData("error", Phase.Ended, Outcome.Failed)]
    [InlineData("sent", Phase.Active, null)]
    [InlineData("RINGING", Phase.Active, null)]
    [InlineData("Delivered", Phase.Ended, Outcome.Completed)]
    [InlineData("read", Phase.Ended, Outcome.Completed)]
    [InlineData("HANGUP", Phase.Ended, Outcome.Completed)]
    [InlineData("undelivered", Phase.Ended, Outcome.Failed)]
    [InlineData("NO_ANSWER", Phase.Ended, Outcome.Failed)]
    [InlineData("BUSY", Phase.Ended, Outcome.Failed)]
    [InlineData("DECLINED", Phase.Ended, Outcome.Failed)]
    [InlineData("Rejected", Phase.Ended, Outcome.Failed)]
    [InlineData("VOICEMAIL", Phase.Ended, Outcome.Failed)]
    [InlineData("EXPIRED", Phase.Ended, Outcome.Failed)]
    public void The_usual_words_are_known(string word, Phase phase, Outcome? outcome)
    {
        var term = Vocabulary.Default.Read(word);
        (term.Word, term.Phase, term.Outcome, term.Recognised).ShouldBe((word, phase, outcome, true));
    }

    [Fact]
    public void Each_default_word_is_its_own_normal_form() => Vocabulary.DefaultWords.Keys.ShouldAllBe(word => Vocabulary.Normalise(word) == word);

    [Fact]
    public void An_unknown_word_is_kept_and_counts_as_active()
    {
        var term = Vocabulary.Default.Read("Re-Checking");
        (term.Word, term.Normalised, term.Phase, term.Outcome, term.Recognised).ShouldBe(("Re-Checking", "re checking", Phase.Active, null, false));
    }

    [Fact]
    public void The_fingerprint_does_not_depend_on_order_or_spelling()
    {
        var other = new Vocabulary(
            Vocabulary.DefaultWords.Reverse().Select(static word => KeyValuePair.Create(word.Key.ToUpperInvariant().Replace(' ', '_'), word.Value)),
            Vocabulary.DefaultRanking);
        other.Fingerprint.ShouldBe(Vocabulary.Default.Fingerprint);
        other.Fingerprint.ShouldMatch("^[0-9a-f]{16}$");
    }

    [Fact]
    public void The_fingerprint_tells_words_meanings_and_rankings_apart()
    {
        var words = Vocabulary.DefaultWords;
        string[] fingerprints =
        [
            Vocabulary.Default.Fingerprint,
            new Vocabulary(words.Add("on hold", new Meaning(Phase.Active)), Vocabulary.DefaultRanking).Fingerprint,
            new Vocabulary(words.SetItem("paused", new Meaning(Phase.Scheduled)), Vocabulary.DefaultRanking).Fingerprint,
            new Vocabulary(words.SetItem("paused", new Meaning(Phase.Active, Rank: 1)), Vocabulary.DefaultRanking).Fingerprint,
            new Vocabulary(words.SetItem("paused", new Meaning(Phase.Active, Rank: 2)), Vocabulary.DefaultRanking).Fingerprint,
            new Vocabulary(words.SetItem("stopped", new Meaning(Phase.Ended, Outcome.Failed)), Vocabulary.DefaultRanking).Fingerprint,
            new Vocabulary(words, [Outcome.Cancelled, Outcome.Failed, Outcome.Completed]).Fingerprint,
        ];
        fingerprints.ShouldBeUnique();
    }

    [Fact]
    public void The_state_carries_the_fingerprint_it_was_folded_under() =>
        new Story().Told("running").State.Fingerprint.ShouldBe(Vocabulary.Default.Fingerprint);

    [Fact]
    public void Two_spellings_of_a_word_must_agree() => Should.Throw<ArgumentException>(() => new Vocabulary(
        [KeyValuePair.Create("on hold", new Meaning(Phase.Active)), KeyValuePair.Create("On_Hold", new Meaning(Phase.Scheduled))],
        Vocabulary.DefaultRanking));

    [Fact]
    public void An_ended_word_must_have_an_outcome() => Should.Throw<ArgumentException>(() => new Vocabulary(
        [KeyValuePair.Create("over", new Meaning(Phase.Ended))], Vocabulary.DefaultRanking));

    [Fact]
    public void A_live_word_must_not_have_an_outcome() => Should.Throw<ArgumentException>(() => new Vocabulary(
        [KeyValuePair.Create("on hold", new Meaning(Phase.Active, Outcome.Failed))], Vocabulary.DefaultRanking));

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
        var story = new Story().Told("running", Task("t", word)).Told("running", Task("t", late));
        (story.Standing()!.Value.Status, story.State.Version).ShouldBe((word, 1));
        var inOrder = new Story().Told("running", Task("t", late)).Told("running", Task("t", word));
        inOrder.Standing().ShouldBe(story.Standing());
    }

    [Fact]
    public void Words_that_are_told_by_turns_have_one_rank() => new Story()
        .Told("running", Task("t", "sending")).Told("running", Task("t", "paused")).Told("running", Task("t", "sending"))
        .Task("t").Live.ShouldBe("sending");

    [Theory]
    [InlineData("active:20", Phase.Active, null, 20)]
    [InlineData(" Scheduled : 999 ", Phase.Scheduled, null, 999)]
    [InlineData("COMPLETED:1", Phase.Ended, Outcome.Completed, 1)]
    [InlineData("failed", Phase.Ended, Outcome.Failed, 0)]
    [InlineData("active:0", Phase.Active, null, 0)]
    public void A_meaning_is_read_with_its_rank_and_written_as_it_was(string text, Phase phase, Outcome? outcome, int rank)
    {
        var meaning = MeaningWords.Parse(text).ShouldNotBeNull();
        meaning.ShouldBe(new Meaning(phase, outcome, rank));
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
        const string Stored = """{"ranking":["failed","cancelled","completed"],"words":{"done":"completed","on hold":"scheduled","running":"active"}}""";
        var vocabulary = VocabularyDocument.Read(Stored);
        VocabularyDocument.Write(vocabulary).ShouldBe(Stored);
        vocabulary.Fingerprint.ShouldBe("8c5c3f87d6eef2a8");
    }

    [Fact]
    public void A_vocabulary_is_stored_with_its_ranks()
    {
        var read = VocabularyDocument.Read(VocabularyDocument.Write(Vocabulary.Default));
        (read.Fingerprint, read.Words["sent"]).ShouldBe((Vocabulary.Default.Fingerprint, new Meaning(Phase.Active, Rank: 10)));
    }

    [Fact]
    public void A_ranking_must_name_each_outcome_once() => Should.Throw<ArgumentException>(() => new Vocabulary(
        Vocabulary.DefaultWords, [Outcome.Failed, Outcome.Failed, Outcome.Completed]));
}
