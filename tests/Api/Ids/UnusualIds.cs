namespace Orleans.Workflow.Api.Tests.Ids;

/// <summary>Ids that something on their way could take for others: a URL, a grain key, a database, a normalisation.</summary>
internal static class UnusualIds
{
    /// <summary>Ids that somebody made to break, or to forge, what shows them.</summary>
    public static readonly IReadOnlyList<string> Hostile =
    [
        // SQL and programs.
        "'; DROP TABLE workflow; --", "' OR '1'='1", "\"; SELECT pg_sleep(10); --", "$$; COMMIT; $$", "${jndi:ldap://127.0.0.1/a}", "{{7*7}}", "{0}%s%n",
        // Pages and paths.
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)", "../../etc/passwd", @"..\..\windows\system32", "/etc/passwd",
        // Logs, terminals and headers.
        "a\n2026-01-01T00:00:00.000Z fail Forged[1] entry", "a\r\nX-Injected: 1", "a\rb", "\u001b[2J\u001b[31mred", "\u009b31m", "a\u0085b", "\u2028\u2029x", "\b\b\b",
        // Text that runs the other way.
        new('\u202E', 128), "\u2066a\u2069", "\u200Fa",
    ];

    public static readonly IReadOnlyList<string> All =
    [
        .. Hostile,
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
