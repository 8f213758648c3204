using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>
/// Campaigns running through their lives. Each connection has a few of them under way and sends the next notification of each in
/// turn, so that those of one campaign never overtake each other.
/// </summary>
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
    /// <param name="sent">How many notifications of the first campaigns were sent before.</param>
    public LifeSource(ILife life, ulong seed, int connections, int window, int sent = 0)
    {
        (_life, _seed, _window) = (life, seed, window);
        _underWay = [.. Enumerable.Range(0, connections * window)];
        _turn = new int[connections];
        _acknowledged.AddRange(Enumerable.Repeat(sent, _underWay.Length));
    }

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
        var told = Enumerable.Range(0, _acknowledged.Count).Where(campaign => _acknowledged[campaign] > 0).ToArray();
        return Sampling.Spread(told.Length, sample)
            .Select(i => History.Of(_life, _seed, told[i], Enumerable.Range(0, _acknowledged[told[i]])));
    }

    private int Slot(int connection) => (connection * _window) + _turn[connection];
}
