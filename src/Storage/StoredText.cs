using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Orleans.Workflow.Storage;

/// <summary>Texts that are kept whatever they hold.</summary>
internal static class StoredText
{
    /// <summary>
    /// A text as the databases take it. What is refused for a NUL or half a surrogate pair names it, and must be kept
    /// all the same.
    /// </summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Of(string? text) =>
        text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
}
