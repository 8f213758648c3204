using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>
/// Reads and checks the vendor's notifications that are facts, each as the row of its kind describes it.
/// </summary>
public ref struct FactReader
{
    private const int MaxValueLength = 64;

    private readonly ReadOnlyMemory<byte> _body;
    private readonly NotificationKind _kind;
    private readonly FactValues _values;
    private ImmutableArray<StatusChangeAction> _rows = [];
    private BodyReader _reader;

    private FactReader(NotificationKind kind, ReadOnlyMemory<byte> body)
    {
        _body = body;
        _kind = kind;
        _values = new FactValues(kind.Fields);
        _reader = new BodyReader(body.Span);
    }

    /// <summary>Reads a body as a fact of a kind.</summary>
    /// <returns>The fact, or what is wrong with it.</returns>
    public static (Fact? Fact, NotificationError? Error) Read(FactKind kind, ReadOnlyMemory<byte> body) =>
        Read(kind, body, out _);

    /// <summary>Reads a body as a fact of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="body">The body.</param>
    /// <param name="repairs">What was repaired, by kind of repair.</param>
    /// <returns>The fact, or what is wrong with it.</returns>
    public static (Fact? Fact, NotificationError? Error) Read(
        FactKind kind,
        ReadOnlyMemory<byte> body,
        out ImmutableArray<Repair> repairs
    )
    {
        repairs = [];
        var (text, undecoded) = BodyReader.TextOf(body);
        if (undecoded is not null)
            return (null, undecoded);

        var reader = new FactReader(NotificationKinds.Of(kind), text);
        try
        {
            var fact = reader.ReadFact();
            repairs = reader._reader.Repairs;
            return reader._reader.Error is { } error ? (null, error) : (fact, null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (null, reader._reader.Explain(exception));
        }
    }

    /// <summary>
    /// Tells by the fields that each notification must have which one a body is; what fits none, or several, is an
    /// error.
    /// </summary>
    public static (NotificationKind? Kind, NotificationError? Error) Tell(ReadOnlyMemory<byte> body) =>
        KindRecognition.Of(body);

    private Fact? ReadFact()
    {
        if (!_reader.Begin())
            return null;

        ReadObject(_kind.Fields);
        if (_reader.Error is not null || !_reader.End(_values[FactRole.WorkflowId]))
            return null;

        if (_values[FactRole.Type] is { } type && !NotificationKinds.DialerTypes.Contains(type))
            return _reader.FailAt<Fact>(
                "$.type",
                $"The type must be one of: {string.Join(", ", NotificationKinds.DialerTypes)}."
            );

        var value = _values[FactRole.Value];
        return new Fact(
            _kind.Fact!.Value,
            _values[FactRole.WorkflowId] ?? string.Empty,
            _values[FactRole.WorkflowName],
            _values[_kind.Node] ?? string.Empty,
            Nodes(),
            Identity(value),
            value,
            _values[FactRole.TaskId],
            _values[FactRole.CaseId],
            _values[FactRole.Callee],
            OccurredAt()
        );
    }

    private void ReadObject(FactFields fields)
    {
        var names = new FieldNames(fields.Names);
        _reader.Path.Push();
        while (_reader.NextProperty(ref names, out var index))
        {
            if (index < 0)
                _reader.Skip();
            else
                ReadField(fields.All[index]);

            if (_reader.Error is not null)
                return;
        }

        _reader.Path.Pop();
        if (_reader.Error is null)
            CheckRequired(fields, names);
    }

    private void ReadField(FactField field)
    {
        var token = _reader.Json.TokenType;
        if (
            token == JsonTokenType.StartObject
            && field.Inner is { } inner
            && (field.Type == FieldType.Nested || !field.IsRequired)
        )
            ReadObject(inner);
        else if (field.Type == FieldType.Nested)
            _reader.Fail<string>("This must be an object.");
        else if (field.Type == FieldType.Entries)
            _rows = ReadRows();
        else
            _values[field] = ReadText(field, isText: token is JsonTokenType.String or JsonTokenType.Number);
    }

    private string? ReadText(FactField field, bool isText)
    {
        if (field.Type == FieldType.WholeNumber)
            return _reader.ReadInteger();

        if (field.Role is FactRole.Value or FactRole.EndTime)
            return _reader.ReadWord(MaxValueLength);

        if (field.IsRequired)
            return field.Type == FieldType.Label
                ? _reader.ReadLabel(isWord: true)
                : _reader.ReadRequired(BodyReader.MaxIdLength);

        if (isText)
            return field.Type == FieldType.Label
                ? _reader.ReadLabel(isWord: true)
                : _reader.ReadOptional(BodyReader.MaxIdLength);

        // Nobody has said what this field holds here.
        _reader.Skip();
        return null;
    }

    private ImmutableArray<StatusChangeAction> ReadRows()
    {
        var rows = ImmutableArray.CreateBuilder<StatusChangeAction>();
        if (!_reader.BeginEntries())
            return [];

        while (_reader.NextEntry())
        {
            var row = _reader.ReadAction(default);
            if (_reader.Error is not null)
                return [];

            rows.Add(row with { TaskId = null, TaskStatus = null });
        }

        return rows.ToImmutable();
    }

    private void CheckRequired(FactFields fields, in FieldNames names)
    {
        for (var i = 0; i < fields.All.Length; i++)
        {
            var field = fields.All[i];
            if (!field.IsRequired || names.Has(i) || IsElsewhere(field))
                continue;

            if (field.Type != FieldType.Label)
            {
                _reader.FailMissing(field.Name);
                return;
            }

            _reader.NoteMissing(names, i);
        }
    }

    /// <summary>Whether another field says what a field would.</summary>
    private readonly bool IsElsewhere(FactField field) =>
        field.Role != FactRole.None && field.Type != FieldType.Nested && _values[field.Role] is not null;

    private readonly ImmutableArray<StatusChangeAction> Nodes() =>
        _kind.Node == FactRole.NodeId && _values[FactRole.NodeId] is { } id
            ? [new StatusChangeAction(id, _values[FactRole.NodeName], null, null, null)]
            : _rows;

    /// <summary>
    /// A JSON array, so that no two facts have the same: the kind and the value with what the row of the kind names, or
    /// with the hash of the body behind a null, which nothing that is named can be.
    /// </summary>
    private readonly string Identity(string? value) =>
        JsonSerializer.Serialize<string?[]>([
            _kind.Name,
            value,
            .. _kind.Identity(_values) ?? [null, Base64Url.EncodeToString(SHA256.HashData(_body.Span))],
        ]);

    private readonly DateTimeOffset? OccurredAt() =>
        DateTimeOffset.TryParseExact(
            _values[FactRole.EndTime],
            "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var end
        )
            ? end
        : long.TryParse(_values[FactRole.Timestamp], CultureInfo.InvariantCulture, out var seconds)
        && seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds()
        && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : null;
}
