using System.Collections.Immutable;
using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>
/// Reads and checks the vendor's Workflow Status Change notification in one pass over the bytes. What nobody reads must
/// be JSON and is not judged further; what is read is repaired where its meaning is clear.
/// </summary>
public ref struct NotificationReader
{
    /// <summary>How deep objects and arrays may nest.</summary>
    public const int MaxNesting = 32;

    /// <summary>How many entries <c>actions</c> may have.</summary>
    public const int MaxActions = 10_000;

    private readonly ReadOnlyMemory<byte> _body;
    private readonly RecentNotifications? _recent;
    private BodyReader _reader;
    private int _start;

    private NotificationReader(ReadOnlyMemory<byte> body, RecentNotifications? recent)
    {
        _body = body;
        _recent = recent;
        _reader = new BodyReader(body.Span);
    }

    /// <summary>Where the reader is in the body.</summary>
    private readonly int Position => _start + (int)_reader.Json.BytesConsumed;

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body. It must not change afterwards if there is something to remember it.</param>
    /// <param name="recent">What was read before; what comes again is taken from there.</param>
    /// <returns>The notification, or what is wrong with it.</returns>
    public static (StatusChange? Notification, NotificationError? Error) Read(
        ReadOnlyMemory<byte> body,
        RecentNotifications? recent = null
    ) => Read(body, recent, out _);

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body. It must not change afterwards if there is something to remember it.</param>
    /// <param name="recent">What was read before; what comes again is taken from there.</param>
    /// <param name="repairs">What was repaired, by kind.</param>
    /// <returns>The notification, or what is wrong with it.</returns>
    public static (StatusChange? Notification, NotificationError? Error) Read(
        ReadOnlyMemory<byte> body,
        RecentNotifications? recent,
        out ImmutableArray<Repair> repairs
    )
    {
        repairs = [];
        var (text, undecoded) = BodyReader.TextOf(body);
        if (undecoded is not null)
            return (null, undecoded);

        var reader = new NotificationReader(text, recent);
        var (notification, error) = reader.TryRead();
        repairs = reader._reader.Repairs;

        // Where it is wrong is known only to a reader that has read all of it.
        return error is null || reader._start == 0
            ? (notification, error)
            : new NotificationReader(text, recent: null).TryRead();
    }

    private (StatusChange? Notification, NotificationError? Error) TryRead()
    {
        try
        {
            var notification = ReadNotification();
            return _reader.Error is { } error ? (null, error) : (notification, null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (null, _reader.Explain(exception));
        }
    }

    private StatusChange? ReadNotification()
    {
        string? workflowId = null,
            workflowName = null,
            status = null;
        ImmutableArray<StatusChangeAction> actions = default;
        if (!_reader.Begin())
            return null;

        var fields = new FieldNames(FieldNames.OfNotification);
        _reader.Path.Push();
        while (_reader.NextProperty(ref fields, out var field))
        {
            switch (field)
            {
                case 0:
                    workflowId = _reader.ReadRequired(BodyReader.MaxIdLength);
                    break;
                case 1:
                    workflowName = _reader.ReadLabel();
                    break;
                case 2:
                    status = _reader.ReadRequired(BodyReader.MaxWordLength);
                    break;
                case 3:
                    actions = ReadActions(workflowId);
                    break;
                default:
                    _reader.Skip();
                    break;
            }

            if (_reader.Error is not null)
                return null;
        }

        _reader.Path.Pop();
        if (_reader.Error is not null || _reader.Missing(fields))
            return null;

        _reader.NoteMissing(fields, 1);
        return _reader.End(workflowId) ? new StatusChange(workflowId!, workflowName, status!, actions) : null;
    }

    private ImmutableArray<StatusChangeAction> ReadActions(string? workflowId)
    {
        if (!_reader.BeginEntries())
            return default;

        using var entries = EntryList.Take();
        var before = workflowId is null ? null : _recent?.Find(workflowId);
        while (_reader.NextEntry())
        {
            var action = _reader.ReadAction(
                before is not null && entries.Count < before.Actions.Length ? before.Actions[entries.Count] : default
            );
            if (_reader.Error is not null)
                return default;

            entries.Add(action, Position);
            if (before is not null)
                Repeat(before, entries);
        }

        if (_reader.Error is not null)
            return default;

        var actions = entries.Actions();
        // What was repaired must be noted each time.
        if (workflowId is not null && _reader.Repairs.IsEmpty)
            _recent?.Keep(workflowId, _body, entries, actions);

        return actions;
    }

    /// <summary>
    /// Takes the entries that follow, as far as they are those of the notification before, byte for byte, and continues
    /// behind them.
    /// </summary>
    private void Repeat(ReadNotification before, EntryList entries)
    {
        if (entries.Count >= before.Ends.Length)
            return;

        var from = before.Ends[entries.Count - 1];
        var same = _body.Span[Position..].CommonPrefixLength(before.Body.Span[from..]);
        var repeated = 0;
        for (
            var start = Position;
            entries.Count < before.Ends.Length && before.Ends[entries.Count] - from <= same;
            repeated++
        )
            entries.Add(before.Actions[entries.Count], start + before.Ends[entries.Count] - from);

        if (repeated == 0)
            return;

        _reader.Path.Elements(repeated);
        _start = entries.End;
        _reader.Json = new Utf8JsonReader(_body.Span[_start..], isFinalBlock: true, _reader.Json.CurrentState);
    }
}
