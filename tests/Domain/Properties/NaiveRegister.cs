using Orleans.Workflow.Grains.Domain;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>The join of an observation into a register, read off the table in the specification line by line.</summary>
internal sealed class NaiveRegister
{
    private readonly SortedDictionary<Outcome, Term> _ends = [];
    private Term? _live;
    private int _rank;

    public Phase? Phase { get; private set; }

    public bool IsRecognised(Vocabulary vocabulary) => _live is not { } live || vocabulary.Read(live.Word).Recognised;

    public Effect Join(Term told, bool provablyOld)
    {
        if (Phase is null || told.Phase > Phase)
        {
            Phase = told.Phase;
            _live = told.Outcome is null ? told : null;
            _rank = told.Outcome is null ? told.Rank : 0;
            if (told.Outcome is { } first)
                _ends[first] = told;

            return Effect.Advanced;
        }

        if (told.Phase < Phase)
            return Effect.Stale;

        if (told.Outcome is { } outcome)
            return JoinEnd(outcome, told);

        if (told.Normalised == _live!.Value.Normalised)
            return Effect.Duplicate;

        if (told.Recognised && told.Rank < _rank)
            return Effect.Stale;

        if (provablyOld && !(told.Recognised && told.Rank > _rank))
            return Effect.Stale;

        _live = told;
        _rank = Math.Max(_rank, told.Rank);
        return Effect.Advanced;
    }

    public override string ToString() =>
        $"{Phase} {_live?.Word} {_rank} {Word(Outcome.Completed)}/{Word(Outcome.Cancelled)}/{Word(Outcome.Failed)}";

    public static string Describe(Register? register) =>
        $"{register?.Phase} {register?.Live} {register?.Rank ?? 0} {register?.Completed}/{register?.Cancelled}/{register?.Failed}";

    private string? Word(Outcome outcome) => _ends.TryGetValue(outcome, out var term) ? term.Word : null;

    private Effect JoinEnd(Outcome outcome, Term told)
    {
        if (!_ends.TryGetValue(outcome, out var known))
        {
            _ends[outcome] = told;
            return Effect.Conflict;
        }

        var smallest = new[] { known, told }
            .OrderByDescending(term => term.Rank)
            .ThenBy(term => term.Normalised, StringComparer.Ordinal)
            .ThenBy(term => term.Word, StringComparer.Ordinal)
            .First();
        _ends[outcome] = smallest;
        return smallest.Word == known.Word ? Effect.Duplicate : Effect.Advanced;
    }
}
