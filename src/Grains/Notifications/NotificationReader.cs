using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>
/// Reads and checks the vendor's Workflow Status Change notification in one pass over the bytes. What nobody reads must be JSON and is not
/// judged further; what is read is repaired where its meaning is clear.
/// </summary>
public ref partial struct NotificationReader
{
    /// <summary>How deep objects and arrays may nest.</summary>
    public const int DeepestNesting = 32;

    /// <summary>How many entries <c>actions</c> may have.</summary>
    public const int MostActions = 10_000;

    private const int LongestId = 128;
    private const int LongestStatus = 256;
    private const int LongestLabel = 1024;

    private readonly JsonPath _path = new();
    private readonly ReadOnlyMemory<byte> _body;
    private readonly RecentNotifications? _recent;
    private RepairList? _repairs;
    private Utf8JsonReader _json;
    private int _start;
    private NotificationError? _error;

    private NotificationReader(ReadOnlyMemory<byte> body, RecentNotifications? recent)
    {
        _body = body;
        _recent = recent;
        _json = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = DeepestNesting });
    }

    /// <summary>Where the reader is in the body.</summary>
    private readonly int Position => _start + (int)_json.BytesConsumed;

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body. It must not change afterwards if there is something to remember it.</param>
    /// <param name="recent">What was read before; what comes again is taken from there.</param>
    /// <returns>The notification, or what is wrong with it.</returns>
    public static (StatusChange? Notification, NotificationError? Error) Read(ReadOnlyMemory<byte> body, RecentNotifications? recent = null) =>
        Read(body, recent, out _);

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body. It must not change afterwards if there is something to remember it.</param>
    /// <param name="recent">What was read before; what comes again is taken from there.</param>
    /// <param name="repairs">What was repaired, by kind.</param>
    /// <returns>The notification, or what is wrong with it.</returns>
    public static (StatusChange? Notification, NotificationError? Error) Read(
        ReadOnlyMemory<byte> body, RecentNotifications? recent, out ImmutableArray<Repair> repairs)
    {
        repairs = [];
        if (!Utf8.IsValid(body.Span))
            return (null, new NotificationError("$", "The body is not UTF-8; send JSON in UTF-8."));

        var text = body.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? body[3..] : body;
        var reader = new NotificationReader(text, recent);
        var (notification, error) = reader.TryRead();
        repairs = reader._repairs?.Found ?? [];

        // Where it is wrong is known only to a reader that has read all of it.
        return error is null || reader._start == 0 ? (notification, error) : new NotificationReader(text, recent: null).TryRead();
    }

    private (StatusChange? Notification, NotificationError? Error) TryRead()
    {
        try
        {
            var notification = ReadNotification();
            return _error is { } error ? (null, error) : (notification, null);
        }
        catch (JsonException exception)
        {
            return (null, new NotificationError(
                _path.ToString(),
                $"The body is not JSON: {exception.Message}"));
        }
        catch (InvalidOperationException)
        {
            // What the reader says of a string with half a surrogate pair: of an id or a status, since labels are repaired.
            return (null, new NotificationError(_path.ToString(), "A string holds an escape that is half of a surrogate pair; send both halves."));
        }
    }

    private StatusChange? ReadNotification()
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject)
            return Fail<StatusChange>("The body must be a JSON object.");

        string? workflowId = null, workflowName = null, status = null;
        ImmutableArray<StatusChangeAction> actions = default;
        var fields = new FieldNames(FieldNames.OfNotification);
        _path.Push();
        while (NextProperty(ref fields, out var field))
        {
            switch (field)
            {
                case 0: workflowId = ReadRequired(LongestId); break;
                case 1: workflowName = ReadLabel(); break;
                case 2: status = ReadRequired(LongestStatus); break;
                case 3: actions = ReadActions(workflowId); break;
                default: Skip(); break;
            }

            if (_error is not null)
                return null;
        }

        _path.Pop();
        if (_error is not null || Missing(fields))
            return null;

        NoteMissing(fields, 1);
        if (workflowId is "." or "..")
            return FailAt<StatusChange>("$.workflow_id", $"The id '{workflowId}' cannot be part of a URL.");

        _json.Read();
        return new StatusChange(workflowId!, workflowName, status!, actions);
    }

    /// <summary>Comes to the value of the next property; false at the end of the object, or if the name was there before.</summary>
    private bool NextProperty(ref FieldNames fields, out int field)
    {
        field = -1;
        _json.Read();
        if (_json.TokenType == JsonTokenType.EndObject)
            return false;

        field = Find(fields, out var name);
        if (name is null)
            _path.NoProperty();
        else
            _path.Property(name);

        if (!fields.Add(field))
            return FailWith<bool>("This name is in the object twice; send it once.");

        _json.Read();
        return true;
    }

    private int Find(in FieldNames fields, out string? name)
    {
        try
        {
            return fields.Find(ref _json, out name);
        }
        catch (InvalidOperationException)
        {
            // A name with half a surrogate pair is none that is read.
            name = null;
            return -1;
        }
    }

    private string? ReadRequired(int longest, string? before = null)
    {
        var text = ReadText(longest, before: before);
        return text is not null && string.IsNullOrWhiteSpace(text) ? Fail<string>("This must hold something other than blanks.") : text;
    }

    /// <summary>Reads a label: null says nothing, and half a surrogate pair is replaced.</summary>
    private string? ReadLabel(bool isWord = false)
    {
        if (_json.TokenType == JsonTokenType.Null)
        {
            Note(RepairKind.LabelMissing);
            return null;
        }

        try
        {
            return ReadText(LongestLabel, isWord);
        }
        catch (InvalidOperationException)
        {
            Note(RepairKind.HalfSurrogatePair);
            return Check(HalfPairs.Read(_json), LongestLabel);
        }
    }

    private void Note(RepairKind kind, string? name = null) => (_repairs ??= new RepairList()).Add(kind, _path, name);

    /// <summary>Notes the labels that an object lacks.</summary>
    private void NoteMissing(in FieldNames fields, params ReadOnlySpan<int> labels)
    {
        foreach (var label in labels)
        {
            if (!fields.Has(label))
                Note(RepairKind.LabelMissing, fields.NameOf(label));
        }
    }

    private string? ReadOptional(int longest, bool isWord = false, string? before = null)
    {
        if (_json.TokenType == JsonTokenType.Null)
            return null;

        var text = ReadText(longest, isWord, before);
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    /// <summary>Reads a string, or a number as its exact text.</summary>
    /// <param name="longest">How many characters it may have.</param>
    /// <param name="isWord">Whether it is one of few that come again and again.</param>
    /// <param name="before">What was in its place before, if that is known.</param>
    private string? ReadText(int longest, bool isWord = false, string? before = null)
    {
        if (_json.TokenType == JsonTokenType.Number)
        {
            Note(RepairKind.NumberAsText);
            return Check(Encoding.ASCII.GetString(_json.ValueSpan), longest);
        }

        if (_json.TokenType != JsonTokenType.String)
            return Fail<string>("This must be a string.");

        return Check(
            before is not null && _json.ValueTextEquals(before) ? before
            : isWord ? RepeatedWords.Read(ref _json)
            : _json.GetString()!,
            longest);
    }

    private string? Check(string text, int longest) =>
        text.Length > longest ? Fail<string>($"This has {text.Length} characters; {longest} are the most.")
            : text.Contains('\0') ? Fail<string>("This holds the character NUL; leave it out.")
            : text;

    /// <summary>Passes over a value that nobody reads. It must be JSON; whether its strings and names are sound does not matter.</summary>
    private void Skip()
    {
        if (_json.TokenType == JsonTokenType.StartObject)
        {
            var fields = new FieldNames([]);
            _path.Push();
            while (NextProperty(ref fields, out _))
            {
                Skip();
                if (_error is not null)
                    return;
            }

            if (_error is null)
                _path.Pop();
        }
        else if (_json.TokenType == JsonTokenType.StartArray)
        {
            _path.Push();
            while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            {
                _path.Element();
                Skip();
                if (_error is not null)
                    return;
            }

            _path.Pop();
        }
    }

    private bool Missing(in FieldNames fields)
    {
        if (fields.FirstMissing is not { } name)
            return false;

        _error = new NotificationError($"{_path}.{name}", $"The field {name} is required.");
        return true;
    }

    private T? Fail<T>(string detail)
        where T : class =>
        FailAt<T>(_path.ToString(), detail);

    private T? FailAt<T>(string path, string detail)
        where T : class
    {
        _error = new NotificationError(path, detail);
        return null;
    }

    private T FailWith<T>(string detail)
        where T : struct
    {
        _error = new NotificationError(_path.ToString(), detail);
        return default;
    }
}
