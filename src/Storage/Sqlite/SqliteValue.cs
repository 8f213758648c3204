namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>A value of a <see cref="PreparedStatement"/>, which takes numbers as they are, in no object of their own.</summary>
internal readonly struct SqliteValue
{
    private SqliteValue(string? text, ReadOnlyMemory<byte>? bytes, long? number, bool isUtf8 = false) =>
        (Text, Bytes, Number, IsUtf8) = (text, bytes, number, isUtf8);

    /// <summary>A text; null if it is something else.</summary>
    public string? Text { get; }

    /// <summary>Bytes; null if it is something else.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; }

    /// <summary>Whether the bytes are a text that is encoded already; it is not empty.</summary>
    public bool IsUtf8 { get; }

    /// <summary>A number; null if it is something else.</summary>
    public long? Number { get; }

    public static implicit operator SqliteValue(string? text) => new(text, null, null);

    /// <summary>A text that is encoded already, or null.</summary>
    public static SqliteValue Utf8(byte[]? text) => text is null ? default : new SqliteValue(null, text, null, isUtf8: true);

    public static implicit operator SqliteValue(byte[] bytes) => new(null, bytes, null);

    public static implicit operator SqliteValue(ReadOnlyMemory<byte> bytes) => new(null, bytes, null);

    public static implicit operator SqliteValue(long? number) => new(null, null, number);
}
