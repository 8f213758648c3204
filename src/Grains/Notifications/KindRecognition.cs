using System.Collections.Immutable;
using System.Text.Json;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>
/// Recognises a notification by the fields that its kind must have. Labels do not count, because they may be missing.
/// A kind of which only the title is documented has nothing to be recognised by.
/// </summary>
internal static class KindRecognition
{
    private static readonly ImmutableArray<(NotificationKind Kind, ImmutableArray<RequiredField> Needed)> Kinds =
    [
        .. NotificationKinds
            .All.Where(static kind => kind.Documentation != Documentation.TitleOnly)
            .Select(static kind =>
                (kind, Needed: kind.Required.RemoveAll(static field => field.Type == FieldType.Label))
            ),
    ];

    private static readonly ImmutableArray<FieldNames.Field> Names =
    [
        .. Kinds
            .SelectMany(static kind => kind.Needed)
            .Select(static field => field.Name)
            .Distinct()
            .Select(static name => new FieldNames.Field(name, isRequired: false)),
    ];

    private static readonly ImmutableDictionary<string, int> Places = Names
        .Select(static (name, place) => (name.Name, place))
        .ToImmutableDictionary(static one => one.Name, static one => one.place);

    /// <summary>The kind of a body; an error if it fits none, or several.</summary>
    public static (NotificationKind? Kind, NotificationError? Error) Of(ReadOnlyMemory<byte> body)
    {
        var (text, undecoded) = BodyReader.TextOf(body);
        if (undecoded is not null)
            return (null, undecoded);

        var reader = new BodyReader(text.Span);
        var tokens = new JsonTokenType[Names.Length];
        try
        {
            ReadTokens(ref reader, tokens);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (null, reader.Explain(exception));
        }

        if (reader.Error is not null)
            return (null, reader.Error);

        var found = Kinds.Where(kind => Lacking(kind.Needed, tokens).IsEmpty).ToList();
        return found switch
        {
            [var (kind, _)] => (kind, null),
            [] => (null, FitsNone(tokens)),
            _ => (
                null,
                new NotificationError(
                    "$",
                    $"The fields are those of several notifications: {string.Join(", ", found.Select(NameOf))}. "
                        + "Send it to the path of its kind."
                )
            ),
        };
    }

    /// <summary>Reads what kind of value each name has, if it is there.</summary>
    private static void ReadTokens(ref BodyReader reader, JsonTokenType[] tokens)
    {
        if (!reader.Begin())
            return;

        var names = new FieldNames(Names);
        reader.Path.Push();
        while (reader.NextProperty(ref names, out var place))
        {
            if (place >= 0)
                tokens[place] = reader.Json.TokenType;

            reader.Json.Skip();
        }

        reader.Path.Pop();
        if (reader.Error is null)
            reader.End(workflowId: null);
    }

    private static ImmutableArray<RequiredField> Lacking(
        ImmutableArray<RequiredField> needed,
        JsonTokenType[] tokens
    ) => needed.RemoveAll(field => field.Takes(tokens[Places[field.Name]]));

    /// <summary>Says what the kinds lack that lack least.</summary>
    private static NotificationError FitsNone(JsonTokenType[] tokens)
    {
        var nearest = Kinds
            .Select(kind => (kind.Kind.Name, Lacking: Lacking(kind.Needed, tokens)))
            .GroupBy(static kind => kind.Lacking.Length)
            .MinBy(static group => group.Key)!
            .Select(static kind => $"{kind.Name} needs {string.Join(", ", kind.Lacking.Select(Describe))}");
        return new NotificationError("$", $"The fields are those of no notification: {string.Join("; ", nearest)}.");
    }

    private static string NameOf((NotificationKind Kind, ImmutableArray<RequiredField> Needed) found) =>
        found.Kind.Name;

    private static string Describe(RequiredField field) =>
        field.Type switch
        {
            FieldType.WholeNumber => $"{field.Name} (an integer)",
            FieldType.Nested => $"{field.Name} (an object)",
            FieldType.Entries => $"{field.Name} (an array)",
            _ => $"{field.Name} (a string)",
        };
}
