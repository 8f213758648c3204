using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>
/// What the readers of all notifications share: one pass over the bytes, ids and labels as the vendor sends them, and
/// what is wrong with its path. What nobody reads must be JSON and is not judged further.
/// </summary>
internal ref struct BodyReader(ReadOnlySpan<byte> text)
{
    /// <summary>How many characters an id may have.</summary>
    public const int MaxIdLength = 128;

    /// <summary>How many characters a status, or another word, may have.</summary>
    public const int MaxWordLength = 256;

    private const int MaxLabelLength = 1024;

    private readonly JsonPath _path = new();
    private RepairList? _repairs;

    /// <summary>The tokens.</summary>
    public Utf8JsonReader Json = new(text, new JsonReaderOptions { MaxDepth = NotificationReader.MaxNesting });

    /// <summary>Where it is.</summary>
    public readonly JsonPath Path => _path;

    /// <summary>The first thing that is wrong; null if nothing is yet.</summary>
    public NotificationError? Error { get; private set; }

    /// <summary>What was repaired so far, by kind; empty if nothing was.</summary>
    public readonly ImmutableArray<Repair> Repairs => _repairs?.Found ?? [];

    /// <summary>The text of a body, without a byte order mark; an error if it is not UTF-8.</summary>
    public static (ReadOnlyMemory<byte> Text, NotificationError? Error) TextOf(ReadOnlyMemory<byte> body) =>
        !Utf8.IsValid(body.Span)
            ? (default, new NotificationError("$", "The body is not UTF-8; send JSON in UTF-8."))
            : (body.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? body[3..] : body, null);

    /// <summary>What is wrong where a reader of JSON has thrown.</summary>
    public readonly NotificationError Explain(Exception exception) =>
        new(
            _path.ToString(),
            exception is JsonException
                ? $"The body is not JSON: {exception.Message}"
                // What the reader says of a string with half a surrogate pair: of an id or a status, since labels are
                // repaired.
                : "A string holds an escape that is half of a surrogate pair; send both halves."
        );

    /// <summary>Comes to the object that a body is; false if it is none.</summary>
    public bool Begin()
    {
        Json.Read();
        if (Json.TokenType == JsonTokenType.StartObject)
            return true;

        return FailWith<bool>("The body must be a JSON object.");
    }

    /// <summary>
    /// Comes to the end of the body; false if its workflow's id cannot be one, or if there is more than the object.
    /// </summary>
    public bool End(string? workflowId)
    {
        if (workflowId is "." or "..")
        {
            FailAt<string>("$.workflow_id", $"The id '{workflowId}' cannot be part of a URL.");
            return false;
        }

        Json.Read();
        return true;
    }

    /// <summary>
    /// Comes to the value of the next property; false at the end of the object, or if the name was there before.
    /// </summary>
    public bool NextProperty(ref FieldNames fields, out int field)
    {
        field = -1;
        Json.Read();
        if (Json.TokenType == JsonTokenType.EndObject)
            return false;

        field = Find(fields, out var name);
        if (name is null)
            _path.NoProperty();
        else
            _path.Property(name);

        if (!fields.Add(field))
            return FailWith<bool>("This name is in the object twice; send it once.");

        Json.Read();
        return true;
    }

    private int Find(in FieldNames fields, out string? name)
    {
        try
        {
            return fields.Find(ref Json, out name);
        }
        catch (InvalidOperationException)
        {
            // A name with half a surrogate pair is none that is read.
            name = null;
            return -1;
        }
    }

    public string? ReadRequired(int longest, string? before = null)
    {
        var text = ReadText(longest, before: before);
        return text is not null && string.IsNullOrWhiteSpace(text)
            ? Fail<string>("This must hold something other than blanks.")
            : text;
    }

    /// <summary>Reads a label: null says nothing, and half a surrogate pair is replaced.</summary>
    public string? ReadLabel(bool isWord = false)
    {
        if (Json.TokenType == JsonTokenType.Null)
        {
            Note(RepairKind.LabelMissing);
            return null;
        }

        try
        {
            return ReadText(MaxLabelLength, isWord);
        }
        catch (InvalidOperationException)
        {
            Note(RepairKind.HalfSurrogatePair);
            return Check(HalfPairs.Read(Json), MaxLabelLength);
        }
    }

    private void Note(RepairKind kind, string? name = null) => (_repairs ??= new RepairList()).Add(kind, _path, name);

    /// <summary>Notes the labels that an object lacks.</summary>
    public void NoteMissing(in FieldNames fields, params ReadOnlySpan<int> labels)
    {
        foreach (var label in labels)
        {
            if (!fields.Has(label))
                Note(RepairKind.LabelMissing, fields.NameOf(label));
        }
    }

    public string? ReadOptional(int longest, bool isWord = false, string? before = null)
    {
        if (Json.TokenType == JsonTokenType.Null)
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
        if (Json.TokenType == JsonTokenType.Number)
        {
            Note(RepairKind.NumberAsText);
            return Check(Encoding.ASCII.GetString(Json.ValueSpan), longest);
        }

        if (Json.TokenType != JsonTokenType.String)
            return Fail<string>("This must be a string.");

        return Check(
            before is not null && Json.ValueTextEquals(before) ? before
                : isWord ? RepeatedWords.Read(ref Json)
                : Json.GetString()!,
            longest
        );
    }

    /// <summary>
    /// Reads a word of which nobody has said what it may be: a string, or the text of a number; null if it is anything
    /// else, or too long.
    /// </summary>
    public string? ReadWord(int longest)
    {
        if (Json.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
        {
            Skip();
            return null;
        }

        var text =
            Json.TokenType == JsonTokenType.Number
                ? Encoding.ASCII.GetString(Json.ValueSpan)
                : RepeatedWords.Read(ref Json);
        return text.Length > longest || string.IsNullOrWhiteSpace(text) ? null : Check(text, longest);
    }

    /// <summary>Reads a number without a fraction, as its text.</summary>
    public string? ReadInteger() =>
        Json.TokenType == JsonTokenType.Number && Json.TryGetInt64(out _)
            ? Encoding.ASCII.GetString(Json.ValueSpan)
            : Fail<string>("This must be an integer.");

    private string? Check(string text, int longest) =>
        text.Length > longest ? Fail<string>($"This has {text.Length} characters; {longest} are the most.")
        : text.Contains('\0') ? Fail<string>("This holds the character NUL; leave it out.")
        : text;

    /// <summary>
    /// Passes over a value that nobody reads. It must be JSON; whether its strings and names are sound does not matter.
    /// </summary>
    public void Skip()
    {
        if (Json.TokenType == JsonTokenType.StartObject)
        {
            var fields = new FieldNames([]);
            _path.Push();
            while (NextProperty(ref fields, out _))
            {
                Skip();
                if (Error is not null)
                    return;
            }

            if (Error is null)
                _path.Pop();
        }
        else if (Json.TokenType == JsonTokenType.StartArray)
        {
            _path.Push();
            while (Json.Read() && Json.TokenType != JsonTokenType.EndArray)
            {
                _path.Element();
                Skip();
                if (Error is not null)
                    return;
            }

            _path.Pop();
        }
    }

    /// <summary>Whether an object lacks a field that it must have.</summary>
    public bool Missing(in FieldNames fields)
    {
        if (fields.FirstMissing is not { } name)
            return false;

        FailMissing(name);
        return true;
    }

    /// <summary>An object lacks a field that it must have.</summary>
    public void FailMissing(string name) =>
        Error = new NotificationError($"{_path}.{name}", $"The field {name} is required.");

    public T? Fail<T>(string detail)
        where T : class => FailAt<T>(_path.ToString(), detail);

    public T? FailAt<T>(string path, string detail)
        where T : class
    {
        Error = new NotificationError(path, detail);
        return null;
    }

    public T FailWith<T>(string detail)
        where T : struct
    {
        Error = new NotificationError(_path.ToString(), detail);
        return default;
    }

    /// <summary>Enters an array of entries; false if it is none.</summary>
    public bool BeginEntries()
    {
        if (Json.TokenType != JsonTokenType.StartArray)
            return FailWith<bool>("This must be an array of objects.");

        _path.Push();
        return true;
    }

    /// <summary>Comes to the next entry; false at the end of the array, or if there are too many.</summary>
    public bool NextEntry()
    {
        Json.Read();
        if (Json.TokenType != JsonTokenType.EndArray)
            return _path.Element() < NotificationReader.MaxActions
                || FailWith<bool>($"There may be {NotificationReader.MaxActions} entries at most.");

        _path.Pop();
        return false;
    }

    /// <summary>Reads an entry.</summary>
    /// <param name="before">The entry in the same place of the notification before: an id that comes again is the same
    /// string.</param>
    public StatusChangeAction ReadAction(in StatusChangeAction before)
    {
        if (Json.TokenType != JsonTokenType.StartObject)
            return FailWith<StatusChangeAction>("This must be an object.");

        string? id = null,
            name = null,
            type = null,
            taskId = null,
            taskStatus = null;
        var fields = new FieldNames(FieldNames.OfAction);
        _path.Push();
        while (NextProperty(ref fields, out var field))
        {
            switch (field)
            {
                case 0:
                    id = ReadRequired(MaxIdLength, before.NodeTaskId);
                    break;
                case 1:
                    name = ReadLabel(isWord: true);
                    break;
                case 2:
                    type = ReadLabel(isWord: true);
                    break;
                case 3:
                    taskId = ReadOptional(MaxIdLength, before: before.TaskId);
                    break;
                case 4:
                    taskStatus = ReadOptional(MaxWordLength, isWord: true);
                    break;
                default:
                    Skip();
                    break;
            }

            if (Error is not null)
                return default;
        }

        _path.Pop();
        if (Error is not null || Missing(fields))
            return default;

        NoteMissing(fields, 1, 2);
        return new StatusChangeAction(id!, name, type, taskId, taskStatus);
    }
}
