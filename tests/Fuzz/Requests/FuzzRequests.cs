using System.Globalization;
using System.Text;

namespace Orleans.Workflow.Fuzz.Tests.Requests;

/// <summary>Draws requests.</summary>
internal static class FuzzRequests
{
    private const string Webhook = "/webhooks/airudder/workflow-status";

    private static readonly (string Header, bool IsJson)[] ContentTypes =
    [
        ("Content-Type: application/json", true),
        ("content-type:application/json", true),
        ("Content-Type: APPLICATION/JSON; charset=utf-8", true),
        ("Content-Type: application/json; x=\"a;b\"", true),
        ("Content-Type: text/json", true),
        ("Content-Type: application/vnd.x+json", true),
        ("Content-Type: application/problem+JSON; v=1", true),
        ("Content-Type: ", true),
        ("X-No-Type: 1", true),
        ("Content-Type: text/plain", false),
        ("Content-Type: application/xml", false),
        ("Content-Type: application/jsonx", false),
        ("Content-Type: application/json, text/plain", false),
        ("Content-Type: ;;;", false),
        ("Content-Type: application/+jsonx", false),
    ];

    /// <summary>Paths of the webhook, and paths that are nearly one.</summary>
    private static readonly (string Path, bool IsWebhook)[] Paths =
    [
        (Webhook + "/", true),
        (Webhook + "//", true),
        ("/" + Webhook, true),
        ("/Webhooks/airudder/Workflow-Status", true),
        (Webhook + "/?a=b", true),
        ("/webhooks/airudder/any-secret/workflow-status/", true),
        ("/webhooks/airudder", true),
        ("/webhooks/airudder/any-secret", false),
        ("/webhooks/airudder/workflow_status", false),
        ("/webhooks/nobody/workflow-statu", false),
        ("/webhooks//airudder/workflow-status", false),
        ("/webhooks/airudder/../airudder/workflow-status", false),
        ("/webhooks/airudder/%2e/workflow-status", false),
        ("/webhooks/%ff/x", false),
        ("/webhooks", false),
    ];

    private static readonly string[] OddHeaders =
    [
        "User-Agent: ",
        "User-Agent: é\u202E'\"><script>",
        "X-Forwarded-For: 1.2.3.4, ::1, x",
        "Accept: */*;q=1000",
        "Cookie: a=b; a=b; ;;",
        "X-Receipt-Id: 1",
        "traceparent: 00-00000000000000000000000000000000-0000000000000000-00",
        "traceparent: nonsense",
        "Authorization: Basic ====",
        "Authorization: Bearer ",
        "Authorization: \t",
        "X-HTTP-Method-Override: DELETE",
        "If-None-Match: W/\"",
        "Range: bytes=0-0",
        "Origin: null",
        "Forwarded: for=\"_x\";;",
    ];

    private static readonly string[] Routes =
    [
        "/workflows",
        "/workflows/{id}",
        "/workflows/{id}/nodes/{id}",
        "/workflows/{id}/history",
        "/workflows/{id}/receipts",
        "/receipts/{id}",
        "/workflow-counts",
        "/health/live",
        "/openapi/v1.json",
        "/webhooks/{id}/workflow-status",
        "/webhooks/airudder/{id}/workflow-status",
        "/webhooks/{id}",
        "/webhooks/airudder/{id}",
        "/webhooks/airudder/{id}/list-completion",
        "/{id}",
        "/workflows/{id}/{id}",
        "//",
        "/workflows//history",
    ];

    private static readonly string[] Ids =
    [
        "x",
        "%2e%2e",
        "..",
        "%00",
        "%ff",
        "%",
        "%2",
        "%zz",
        "a%2Fb",
        "%252F",
        "%C0%80",
        "%F0%9F%98%80",
        "%E2%80%AE",
        "%0d%0aX-Injected:%201",
        "'%20OR%201=1--",
        "<script>",
        "%3Cscript%3E",
        "019aaaaa-0000-7000-8000-000000000000",
        "00000000-0000-0000-0000-000000000000",
        new('a', 3000),
        "{id}",
        "*",
        "+",
        "a;b=c",
        "~",
        "\\..\\",
    ];

    private static readonly string[] Parameters =
    [
        "phase",
        "status",
        "outcome",
        "name",
        "attention",
        "node_type",
        "changed_after",
        "changed_before",
        "sort",
        "limit",
        "cursor",
        "group_by",
        "min_version",
        "until",
        "wait",
        "unknown",
    ];

    private static readonly string[] Arguments =
    [
        "",
        "ended",
        "ENDED",
        "finished",
        "1",
        "0",
        "-1",
        "1001",
        "99999999999999999999",
        "NaN",
        "2026-11-22T10:00:00Z",
        "0001-01-01",
        "name",
        "-changed_at",
        "AAAA",
        "eyJhIjoxfQ",
        "%00",
        "%ff",
        "%F0%9F%98%80",
        "'--",
        "conflicting_outcome",
        "1s",
        "-5s",
        "1e9h",
        "*",
    ];

    private static readonly string[] Methods =
    [
        "GET",
        "GET",
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "DELETE",
        "PATCH",
        "OPTIONS",
        "TRACE",
        "FOO",
    ];

    /// <summary>Draws a request; the same for the same seed and number.</summary>
    public static FuzzRequest Draw(int seed, int number)
    {
        var random = new SeededRandom(seed, number);
        return random.Below(20) switch
        {
            < 10 => Notification(random),
            < 12 => Encoded(random),
            < 13 => OtherType(random),
            < 14 => OtherPath(random),
            < 18 => Query(random),
            _ => Broken(random),
        };
    }

    private static FuzzRequest Notification(SeededRandom random)
    {
        var body = Notifications.Any(random);
        return Post(
            random,
            "notification",
            random.OneOf<(string, bool)>(ContentTypes.AsSpan(0, 4)).Item1,
            body,
            Oracle.Accepts(body) ? Expected.Accepted : Expected.Refused
        );
    }

    private static FuzzRequest OtherType(SeededRandom random)
    {
        var (header, isJson) = random.OneOf<(string, bool)>(ContentTypes);
        return Post(
            random,
            "content type",
            header,
            Notifications.Sound(random),
            isJson ? Expected.Accepted : Expected.Refused
        );
    }

    private static FuzzRequest OtherPath(SeededRandom random)
    {
        var (path, isWebhook) = random.OneOf<(string, bool)>(Paths);
        return Post(
            random,
            "path",
            ContentTypes[0].Header,
            Notifications.Sound(random),
            isWebhook ? Expected.Accepted : Expected.Refused,
            path: path
        );
    }

    /// <summary>A body that is compressed, or says so.</summary>
    private static FuzzRequest Encoded(SeededRandom random)
    {
        var body = Notifications.Any(random);
        var coding = random.OneOf("gzip", "gzip", "x-gzip", "deflate", "br", "identity", "zstd", "gzip, gzip");
        var encoded = ContentCodings.Encode(body, coding);
        var (sent, isWhole) =
            coding == "identity"
                ? (encoded, true)
                : random.Below(6) switch
                {
                    0 => (encoded[..(encoded.Length / 2)], false),
                    1 => (body, false),
                    _ => (encoded, true),
                };
        var expected =
            isWhole && ContentCodings.IsTaken(coding) && Oracle.Accepts(body) ? Expected.Accepted : Expected.Refused;
        return Post(
            random,
            "compressed",
            ContentTypes[0].Header,
            body,
            expected,
            $"Content-Encoding: {coding}\r\n",
            sent: sent
        );
    }

    private static FuzzRequest Post(
        SeededRandom random,
        string kind,
        string contentType,
        byte[] body,
        Expected expected,
        string more = "",
        string path = Webhook,
        byte[]? sent = null
    )
    {
        sent ??= body;
        var head = Head(random, "POST", path, contentType) + more;
        return random.OnceIn(4)
            ? new FuzzRequest(
                $"{kind}, in chunks",
                [.. Encoding.UTF8.GetBytes($"{head}Transfer-Encoding: chunked\r\n\r\n"), .. Chunks(random, sent)],
                body,
                expected
            )
            : new FuzzRequest(
                kind,
                [.. Encoding.UTF8.GetBytes($"{head}Content-Length: {sent.Length}\r\n\r\n"), .. sent],
                body,
                expected
            );
    }

    private static FuzzRequest Query(SeededRandom random)
    {
        var path = random.OneOf<string>(Routes);
        while (path.Contains("{id}", StringComparison.Ordinal))
        {
            var at = path.IndexOf("{id}", StringComparison.Ordinal);
            var id = random.OneOf<string>(Ids).Replace("{id}", "%7Bid%7D", StringComparison.Ordinal);
            path = $"{path[..at]}{id}{path[(at + 4)..]}";
        }

        // A wait is answered when it is over: that is another test's.
        var query = string.Join(
            '&',
            Enumerable
                .Range(0, random.Below(4))
                .Select(_ => $"{random.OneOf<string>(Parameters)}={random.OneOf<string>(Arguments)}")
        );
        var method = random.OneOf<string>(Methods);
        var target = query.Length == 0 ? path : $"{path}?{query}";
        var body = method is "POST" or "PUT" or "PATCH" ? "Content-Length: 2\r\n\r\n{}" : "\r\n";
        var bytes = Encoding.UTF8.GetBytes(Head(random, method, target, "Accept: */*") + body);

        // The server itself refuses a NUL in a path, before any of ours sees it.
        return path.Contains("%00", StringComparison.Ordinal)
            ? new FuzzRequest("no path", bytes, null, Expected.Survived)
            : new FuzzRequest("query", bytes, null, Expected.Answered, IsHead: method == "HEAD");
    }

    /// <summary>No HTTP at all, or HTTP that lies about its body. The sender hangs up after it.</summary>
    private static FuzzRequest Broken(SeededRandom random)
    {
        var body = Notifications.OfNobody(random);
        var head = Head(random, "POST", Webhook, "Content-Type: application/json");
        var whole = (byte[])[.. Encoding.UTF8.GetBytes($"{head}Content-Length: {body.Length}\r\n\r\n"), .. body];
        byte[] bytes = random.Below(7) switch
        {
            0 => random.Bytes(random.Between(1, 300)),
            1 => whole[..random.Below(whole.Length)],
            2 => ByteMutations.Apply(random, whole),
            3 =>
            [
                .. Encoding.UTF8.GetBytes(
                    $"{head}Content-Length: {random.OneOf("-1", "99999999999999999999", "1, 2", "abc")}\r\n\r\n"
                ),
                .. body,
            ],
            4 => [.. Encoding.UTF8.GetBytes($"{head}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"), .. body],
            5 => Encoding.UTF8.GetBytes($"{head}{ManyHeaders(random.Between(90, 300))}\r\n"),
            _ => Encoding.UTF8.GetBytes($"{head}X-Long: {new string('y', random.Between(20_000, 60_000))}\r\n\r\n"),
        };
        return new FuzzRequest("no HTTP", bytes, null, Expected.Survived);

        static string ManyHeaders(int count) =>
            string.Concat(Enumerable.Range(0, count).Select(static i => $"X-{i}: y\r\n"));
    }

    private static string Head(SeededRandom random, string method, string target, string header)
    {
        var text = new StringBuilder($"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n");
        for (var i = random.Below(3); i > 0; i--)
            text.Append(random.OneOf<string>(OddHeaders)).Append("\r\n");

        return text.ToString();
    }

    private static byte[] Chunks(SeededRandom random, byte[] body)
    {
        var chunks = new List<byte>(body.Length + 64);
        for (var at = 0; at < body.Length; )
        {
            var length = Math.Min(body.Length - at, random.Between(1, 400));
            chunks.AddRange(Encoding.ASCII.GetBytes(length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
            chunks.AddRange(body.AsSpan(at, length));
            chunks.AddRange("\r\n"u8);
            at += length;
        }

        chunks.AddRange("0\r\n\r\n"u8);
        return [.. chunks];
    }
}
