namespace Orleans.Workflow.Fuzz.Tests.Requests;

/// <summary>Draws from chance; the same for the same seed and number on every machine.</summary>
internal sealed class SeededRandom(int seed, int number)
{
    private readonly Random _random = new(unchecked((seed * 1_000_003) + number));

    /// <summary>A number from 0 up to, but without, a bound.</summary>
    public int Below(int bound) => _random.Next(bound);

    /// <summary>A number in a range, both ends included.</summary>
    public int Between(int least, int most) => _random.Next(least, most + 1);

    /// <summary>True once in <c>times</c>.</summary>
    public bool OnceIn(int times) => _random.Next(times) == 0;

    /// <summary>One of some values.</summary>
    public T OneOf<T>(params ReadOnlySpan<T> values) => values[_random.Next(values.Length)];

    /// <summary>Some bytes.</summary>
    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
