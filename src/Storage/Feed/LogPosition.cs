using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orleans.Workflow.Storage.Feed;

/// <summary>
/// A place in a log. Its text, <c>{epoch}-{number}-{check}</c>, is the id of an event: it names the history that it
/// belongs to and, if it is known, the entry that is there.
/// </summary>
/// <param name="Epoch">The history; null in an id of builds that did not name it.</param>
/// <param name="Number">The place among all entries.</param>
/// <param name="Check">Part of the id of the receipt that came with the entry; null if that is not known.</param>
public sealed record LogPosition(string? Epoch, long Number, string? Check)
{
    private const int EpochLength = 8;
    private const int CheckLength = 8;

    /// <summary>The place of an entry.</summary>
    public static LogPosition Of(string epoch, long number, Guid? receiptId) =>
        new(epoch, number, receiptId is { } id ? CheckOf(id) : null);

    /// <summary>A short name of a history.</summary>
    public static string EpochOf(string identity) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..EpochLength];

    /// <summary>The random end of a receipt's id: two histories have different receipts at the same place.</summary>
    public static string CheckOf(Guid receiptId) => receiptId.ToString("N")[^CheckLength..];

    /// <summary>Reads the id of an event, or the number alone.</summary>
    public static LogPosition? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('-') switch
        {
            [var number] when IsNumber(number, out var value) => new LogPosition(null, value, null),
            [var epoch, var number] when IsHex(epoch, EpochLength) && IsNumber(number, out var value) =>
                new LogPosition(epoch, value, null),
            [var epoch, var number, var check]
                when IsHex(epoch, EpochLength) && IsHex(check, CheckLength) && IsNumber(number, out var value) =>
                new LogPosition(epoch, value, check),
            _ => null,
        };
    }

    /// <summary>Reads a place that does not name its history: <c>{number}</c> or <c>{number}-{check}</c>.</summary>
    public static LogPosition? ParseWithoutEpoch(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('-') switch
        {
            [var number] when IsNumber(number, out var value) => new LogPosition(null, value, null),
            [var number, var check] when IsHex(check, CheckLength) && IsNumber(number, out var value) =>
                new LogPosition(null, value, check),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join('-', ((string?[])[Epoch, Number.ToString(CultureInfo.InvariantCulture), Check]).OfType<string>());

    private static bool IsNumber(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static bool IsHex(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigitLower);
}

/// <summary>What a log says of a position.</summary>
public enum PositionStatus
{
    /// <summary>Everything after it can be read.</summary>
    Valid,

    /// <summary>It belongs to another history: the database was restored, or a standby took over.</summary>
    OtherHistory,

    /// <summary>It was not given yet: the log went back.</summary>
    BeyondEnd,

    /// <summary>Entries after it were removed, and no record of them was kept.</summary>
    Removed,
}

/// <summary>The history that a database holds at the moment.</summary>
/// <param name="Epoch">Names the history.</param>
/// <param name="IsFirst">Whether it is the one in which the database learned to name histories.</param>
/// <param name="BeginsAfter">Whatever was removed after this position left a record.</param>
/// <param name="Latest">The highest position that can be seen, or was removed.</param>
/// <param name="LatestTrimmed">The highest position that was removed and left a record.</param>
/// <param name="LatestId">The receipt at the highest position, if it is kept.</param>
/// <param name="FoundId">The receipt at the position that was asked for; null if there is none any more.</param>
/// <param name="Revision">Rises when what is kept was changed: what was read before must not be shown.</param>
public sealed record LogHistory(
    string Epoch,
    bool IsFirst,
    long BeginsAfter,
    long Latest,
    long LatestTrimmed,
    Guid? LatestId,
    Guid? FoundId,
    long Revision = 0
)
{
    /// <summary>The end of the log.</summary>
    public LogPosition End => LogPosition.Of(Epoch, Latest, LatestId);

    /// <summary>Judges the position that was asked for.</summary>
    public PositionStatus Judge(LogPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        var isOfThisEpoch = position.Epoch is { } epoch ? epoch == Epoch : IsFirst || position.Number == 0;
        return !isOfThisEpoch ? PositionStatus.OtherHistory
            : position.Number > Latest ? PositionStatus.BeyondEnd
            : position.Check is { } check && !MayHold(position.Number, check) ? PositionStatus.OtherHistory
            : position.Number < BeginsAfter ? PositionStatus.Removed
            : PositionStatus.Valid;
    }

    // A restored copy of the server's files has the same epoch: only the entry itself tells. One that is not there was
    // removed, which left a record at its place or beyond it, or it is of another history.
    private bool MayHold(long position, string check) =>
        FoundId is { } found ? LogPosition.CheckOf(found) == check : position < Math.Max(LatestTrimmed, BeginsAfter);
}
