using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Orleans.Workflow.Api.Console.Parts;

/// <summary>
/// A piece of a text that somebody else chose: as it is, or the code point of what could not be seen or would deceive.
/// </summary>
/// <param name="Text">The text, or a code point such as U+202E.</param>
/// <param name="IsHidden">Whether it names a character that would not be seen.</param>
public readonly record struct TextPiece(string Text, bool IsHidden)
{
    /// <summary>
    /// Takes a text apart. Controls, marks of direction, other characters without a shape, and blanks that a page would
    /// swallow are named, so that two ids that differ never look the same.
    /// </summary>
    public static ImmutableArray<TextPiece> Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pieces = ImmutableArray.CreateBuilder<TextPiece>(1);
        var plain = new StringBuilder(text.Length);
        var place = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var isEdge =
                place == 0 || place + rune.Utf16SequenceLength == text.Length || (place > 0 && text[place - 1] == ' ');
            place += rune.Utf16SequenceLength;
            if (!CannotBeSeen(rune, isEdge))
            {
                plain.Append(rune.ToString());
                continue;
            }

            Flush();
            pieces.Add(new TextPiece($"U+{rune.Value:X4}", IsHidden: true));
        }

        Flush();
        return pieces.ToImmutable();

        void Flush()
        {
            if (plain.Length > 0)
                pieces.Add(new TextPiece(plain.ToString(), IsHidden: false));

            plain.Clear();
        }
    }

    private static bool CannotBeSeen(Rune rune, bool isEdge) =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control
            or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.Surrogate => true,
            UnicodeCategory.SpaceSeparator => rune.Value != ' ' || isEdge,
            _ => false,
        };
}
