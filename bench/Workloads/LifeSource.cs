using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>
/// Campaigns that run through their lives. Each connection has a few of them under way and sends the next notification
/// of each in turn.
/// </summary>
/// <remarks>
/// Notifications of one campaign never overtake each other. The first campaigns start in the middle of their lives, as
/// in a system that has run for long; <see cref="Preparation"/> holds their earlier notifications.
/// </remarks>
internal sealed class LifeSource : IRequestSource
{
    private readonly ILife _life;
    private readonly ulong _seed;
    private readonly int _window;
    private readonly int[] _underWay;
    private readonly int[] _turn;
    private readonly List<int> _acknowledged = [];

    /// <summary>Makes a source.</summary>
    /// <param name="life">What each campaign sends.</param>
    /// <param name="seed">Makes the ids.</param>
    /// <param name="connections">How many connections send.</param>
    /// <param name="window">How many campaigns each connection has under way.</param>
    public LifeSource(ILife life, ulong seed, int connections, int window)
    {
        (_life, _seed, _window) = (life, seed, window);
        _underWay = [.. Enumerable.Range(0, connections * window)];
        _turn = new int[connections];
        _acknowledged.AddRange(_underWay.Select(campaign => FirstStep(campaign) + (HasPreparation ? 1 : 0)));
    }

    /// <summary>
    /// One notification of each of the first campaigns; null if a life is too short to be in the middle of.
    /// </summary>
    public IRequestSource? Preparation =>
        HasPreparation ? new OnceSource(_life, _seed, FirstStep, 0, _underWay.Length) : null;

    private bool HasPreparation => _life.Steps > 1;

    public bool TryNext(int connection, RequestBuffer into)
    {
        var campaign = _underWay[Slot(connection)];
        _life.Write(into, _seed, campaign, _acknowledged[campaign]);
        into.FinishPost();
        return true;
    }

    public void Acknowledged(int connection)
    {
        var slot = Slot(connection);
        if (++_acknowledged[_underWay[slot]] == _life.Steps)
        {
            _underWay[slot] = _acknowledged.Count;
            _acknowledged.Add(0);
        }

        _turn[connection] = (_turn[connection] + 1) % _window;
    }

    /// <summary>What was acknowledged of some campaigns.</summary>
    public IEnumerable<History> Histories(int sample)
    {
        var begun = Enumerable.Range(0, _acknowledged.Count).Where(campaign => _acknowledged[campaign] > 0).ToArray();
        return Sampling
            .Spread(begun.Length, sample)
            .Select(i => begun[i])
            .Select(campaign =>
                History.Of(
                    _life,
                    _seed,
                    campaign,
                    Enumerable.Range(FirstStep(campaign), _acknowledged[campaign] - FirstStep(campaign))
                )
            );
    }

    private int FirstStep(int campaign) =>
        HasPreparation && campaign < _underWay.Length ? campaign % (_life.Steps - 1) : 0;

    private int Slot(int connection) => (connection * _window) + _turn[connection];
}
