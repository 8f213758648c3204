using Orleans.Workflow.Storage.Feed;

namespace Orleans.Workflow.Api.Feed;

/// <summary>
/// The id of an event: the place among the changes and, with <c>include=facts</c>, behind a tilde the one among the
/// facts, <c>{epoch}-{number}-{check}~{number}-{check}</c>. Both are of one history.
/// </summary>
/// <param name="Changes">Every change up to here was sent.</param>
/// <param name="Facts">Every fact up to here was sent; null of a reader that wants none.</param>
internal sealed record FeedId(LogPosition Changes, LogPosition? Facts = null)
{
    private const char Separator = '~';

    /// <summary>Reads the id of an event, or numbers alone.</summary>
    public static FeedId? Parse(string text)
    {
        var separator = text.IndexOf(Separator, StringComparison.Ordinal);
        if (separator < 0)
            return LogPosition.Parse(text) is { } place ? new FeedId(place) : null;

        // The place among facts is written like one among changes, without the history's name.
        var changes = LogPosition.Parse(text[..separator]);
        var facts = LogPosition.ParseWithoutEpoch(text[(separator + 1)..]);
        return changes is null || facts is null ? null : new FeedId(changes, facts with { Epoch = changes.Epoch });
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Facts is null ? $"{Changes}" : $"{Changes}{Separator}{Facts with { Epoch = null }}";
}
