namespace Orleans.Workflow.Api.Tests.Ids;

/// <summary>Ids that something on their way could take for others: a URL, a grain key, a database, a normalisation.</summary>
internal static class UnusualIds
{
    public static readonly IReadOnlyList<string> All =
    [
        // Numbers and GUIDs to the ADO.NET provider.
        "7b", "7B", "007b", "0x7b", "7b+x", "123", "0123", "-1",
        "ea1cb50d190f4f6ab3c257bb6a0935b5", "EA1CB50D190F4F6AB3C257BB6A0935B5", "ea1cb50d-190f-4f6a-b3c2-57bb6a0935b5",
        "00000000000000000000000000000000",
        // Signs of URLs and of grain keys.
        "a+b", "a b", "a%2Bb", "a%20b", "%", "%25", "%2F", "%2f", "a/b", "a%2Fb", "a%252Fb", "a/b/", "/", "//", "/a", "a//b",
        "?#&", "a?b=c", "a#b", "a;b", "a:b", "a=b", "a&b", "a@b", "wf/7b", "node/7b/n", "history", "nodes", "...", "../a", "a/..", "./a", "%2E%2E",
        // Blanks and signs of programs.
        " a", "a ", " a ", "a", "\ta", "a\n", "a\r\n", "\u00A0a", "\\", "a\\b", "\"", "'", "`", "''; --", "{a}", "[a]", "<a>", "$a", "*", "\u0001", "\u007F",
        // What Unicode or a language could make equal.
        "A", "\u00E9", "e\u0301", "\u0131", "I", "i", "ß", "ss", "\uFB01", "fi", "\u03A9", "\u2126", "😀", "a\u202Eb", "a\u200Bb", "\uFEFFa", "\uFFFD", "\uFFFF", "\U0010FFFF",
        // As long as they may be.
        new('x', 128), new('/', 128), new('%', 128), new('漢', 128), string.Concat(Enumerable.Repeat("😀", 64)), new string('x', 127) + "y",
    ];
}
