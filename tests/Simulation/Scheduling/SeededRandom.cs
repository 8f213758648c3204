namespace Orleans.Workflow.Simulation.Tests.Scheduling;

/// <summary>
/// The random choices of a run. All of them are made here, so that the seed decides everything.
/// </summary>
internal sealed class SeededRandom(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A number from 0 up to, but not including, a limit.</summary>
    public int Below(int limit) => _random.Next(limit);

    /// <summary>True with a probability in per cent.</summary>
    public bool Percent(int percent) => percent > 0 && _random.Next(100) < percent;

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>A time, in whole milliseconds.</summary>
    public TimeSpan Between(int least, int most) => TimeSpan.FromMilliseconds(_random.Next(least, most + 1));

    /// <summary>The same things in another order.</summary>
    public T[] Shuffle<T>(IEnumerable<T> things)
    {
        var shuffled = things.ToArray();
        _random.Shuffle(shuffled);
        return shuffled;
    }
}
