using System.Buffers.Binary;

namespace Orleans.Workflow.Benchmarks.Load;

/// <summary>
/// An id as the vendor makes them, 32 lower-case hex digits; computed from numbers, so that it need not be kept.
/// </summary>
internal readonly record struct Id(ulong High, ulong Low)
{
    public const int Length = 32;

    /// <summary>The id that belongs to a seed and two numbers.</summary>
    public static Id Of(ulong seed, ulong major, ulong minor = 0)
    {
        var high = Mix(seed ^ Mix(major + 1));
        return new Id(high, Mix(high + minor));
    }

    public void Write(Span<byte> hex)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        Convert.TryToHexStringLower(bytes, hex, out _);
    }

    public override string ToString() => $"{High:x16}{Low:x16}";

    /// <summary>The finaliser of SplitMix64: a bijection whose results look random.</summary>
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
