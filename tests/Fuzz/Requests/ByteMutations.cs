namespace Orleans.Workflow.Fuzz.Tests.Requests;

/// <summary>Breaks a body as bytes: nothing here knows that it is JSON.</summary>
internal static class ByteMutations
{
    private static readonly byte[][] Interesting =
    [
        [0],
        [0xFF],
        [0xC0, 0x80],
        [0xED, 0xA0, 0x80],
        [0xF4, 0x90, 0x80, 0x80],
        [0xEF, 0xBB, 0xBF],
        "\""u8.ToArray(),
        "\\"u8.ToArray(),
        "{"u8.ToArray(),
        "}"u8.ToArray(),
        "["u8.ToArray(),
        "]"u8.ToArray(),
        ","u8.ToArray(),
        ":"u8.ToArray(),
        "\n"u8.ToArray(),
        @"\u0000"u8.ToArray(),
        @"\ud83d"u8.ToArray(),
        "\u202E"u8.ToArray(),
        "null"u8.ToArray(),
        "1e999"u8.ToArray(),
        "//"u8.ToArray(),
    ];

    /// <summary>Changes a body in one to four places.</summary>
    public static byte[] Apply(SeededRandom random, byte[] body)
    {
        for (var i = random.Between(1, 4); i > 0; i--)
            body = Once(random, body);

        return body;
    }

    private static byte[] Once(SeededRandom random, byte[] body)
    {
        var at = random.Below(body.Length + 1);
        var (before, after) = (body[..at], body[at..]);
        return random.Below(7) switch
        {
            0 when after.Length > 0 => [.. before, (byte)(after[0] ^ (1 << random.Below(8))), .. after[1..]],
            1 => [.. before, .. random.OneOf<byte[]>(Interesting), .. after],
            2 => [.. before, .. after[random.Below(after.Length + 1)..]],
            3 => before,
            4 => [.. before, .. random.Bytes(random.Between(1, 8)), .. after],
            5 => [.. before, .. body[random.Below(body.Length + 1)..], .. after],
            _ => [.. after, .. before],
        };
    }
}
