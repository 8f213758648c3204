using Orleans.Workflow.Grains.Domain;

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
    public void The_dialers_words_are_known(string word, Phase phase, Outcome? outcome)
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

    [Fact]
    public void A_ranking_must_name_each_outcome_once() => Should.Throw<ArgumentException>(() => new Vocabulary(
        Vocabulary.DefaultWords, [Outcome.Failed, Outcome.Failed, Outcome.Completed]));
}
