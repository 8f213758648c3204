using System.Text.RegularExpressions;

namespace Orleans.Workflow.Standards.Tests;

/// <summary>A method, a constructor, an operator or a property with a body.</summary>
/// <param name="Line">The line of its declaration, from 1; attributes and documentation come before it.</param>
/// <param name="Length">How many lines it has, with its declaration.</param>
internal readonly partial record struct FunctionLines(int Line, int Length)
{
    private const int Indentation = 4;

    /// <summary>The functions of a C# file.</summary>
    // CSharpier puts the declaration and the end of a member at one indentation, so no parser is needed. Local
    // functions and lambdas count with the function that holds them.
    public static IEnumerable<FunctionLines> Of(string[] file) =>
        Enumerable.Range(0, file.Length).Where(i => Type().IsMatch(file[i])).SelectMany(i => OfType(file, i));

    private static IEnumerable<FunctionLines> OfType(string[] file, int type)
    {
        var outer = Indent(file[type]);
        var start = -1;
        for (var i = Body(file, type, outer); i < file.Length; i++)
        {
            var (indent, text) = (Indent(file[i]), file[i].Trim());
            var isEnd = indent == outer && text.StartsWith('}');
            if (!isEnd && (indent != outer + Indentation || !BeginsMember(text)))
                continue;

            if (start >= 0 && IsFunction(file[start..i]))
                yield return new FunctionLines(start + 1, Array.FindLastIndex(file, i - 1, IsText) - start + 1);

            if (isEnd)
                yield break;

            start = text.StartsWith('[') || text.StartsWith("//", StringComparison.Ordinal) ? -1 : i;
        }
    }

    /// <summary>The line after the brace that opens a type; the end of the file if it has no body.</summary>
    private static int Body(string[] file, int type, int indent)
    {
        var brace = new string(' ', indent) + '{';
        var found = Array.FindIndex(file, type, line => line == brace || line.EndsWith(';') || line.EndsWith('}'));
        return found >= 0 && file[found] == brace ? found + 1 : file.Length;
    }

    private static bool IsText(string line) => !string.IsNullOrWhiteSpace(line);

    private static bool BeginsMember(string text) =>
        text.Length > 0 && !"{})]:#".Contains(text[0], StringComparison.Ordinal);

    /// <summary>Whether a member has a body: no field, no constant, no type and no declaration alone.</summary>
    private static bool IsFunction(string[] member)
    {
        var text = string.Join('\n', member);
        if (Type().IsMatch(text))
            return false;

        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (depth == 0 && text[i] is '{' or ';' or '=')
                return text[i] == '{' || text.AsSpan(i).StartsWith("=>");
        }

        return false;
    }

    private static int Indent(string line) => line.Length - line.TrimStart().Length;

    [GeneratedRegex(@"^ *(?:[a-z]+ )*(?:class|struct|interface|record|enum) \w")]
    private static partial Regex Type();
}
