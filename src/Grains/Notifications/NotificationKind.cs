using System.Collections.Immutable;
using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>How far the vendor documents the body of a notification.</summary>
public enum Documentation
{
    /// <summary>Every field that is read.</summary>
    Documented,

    /// <summary>What names its workflow and node; the rest is known from elsewhere, or not at all.</summary>
    Partly,

    /// <summary>Nothing but its title: it cannot be recognised by its fields.</summary>
    TitleOnly,
}

/// <summary>What a field of a notification holds.</summary>
public enum FieldType
{
    /// <summary>An id or a word: a string, or a number, which is taken as its text.</summary>
    Text,

    /// <summary>A name: a string, or nothing, which is repaired.</summary>
    Label,

    /// <summary>A number without a fraction.</summary>
    WholeNumber,

    /// <summary>An object.</summary>
    Nested,

    /// <summary>An array of objects.</summary>
    Entries,
}

/// <summary>A field that a notification must have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Fields">The fields that it must have itself, if it is an object.</param>
public sealed record RequiredField(string Name, FieldType Type, params ImmutableArray<RequiredField> Fields)
{
    /// <summary>Whether a value is one that the field may hold.</summary>
    internal bool Takes(JsonTokenType token) =>
        Type switch
        {
            FieldType.Nested => token == JsonTokenType.StartObject,
            FieldType.Entries => token == JsonTokenType.StartArray,
            FieldType.WholeNumber => token == JsonTokenType.Number,
            _ => token is JsonTokenType.String or JsonTokenType.Number,
        };
}

/// <summary>A kind of notification: a row of <see cref="NotificationKinds"/>.</summary>
/// <param name="Fact">Which fact it is; null of a status change.</param>
/// <param name="Title">What the vendor calls it.</param>
/// <param name="Path">What the path of its webhook ends with; empty if it has none.</param>
/// <param name="Documentation">How far it is documented.</param>
/// <param name="Required">The fields that it must have.</param>
public sealed record NotificationKind(
    FactKind? Fact,
    string Title,
    string Path,
    Documentation Documentation,
    ImmutableArray<RequiredField> Required
)
{
    /// <summary>Its name in the contract.</summary>
    public string Name { get; } =
        JsonNamingPolicy.SnakeCaseLower.ConvertName(Fact is { } fact ? $"{fact}" : "StatusChange");

    /// <summary>The node that its facts belong to; none if they belong to the workflow.</summary>
    internal FactRole Node { get; init; } = FactRole.NodeId;

    /// <summary>The names of what is counted; the first that is there counts.</summary>
    internal ImmutableArray<string> Values { get; init; } = [];

    /// <summary>What makes a fact the same when it comes again; null where the body as a whole does.</summary>
    internal Func<FactValues, string?[]?> Identity { get; init; } = static _ => null;

    /// <summary>The object that all but the required fields are in; null if it is the body.</summary>
    internal string? Envelope { get; init; }

    /// <summary>All fields that are read.</summary>
    internal FactFields Fields => field ??= FactFields.Of(this);
}
