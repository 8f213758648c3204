using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Telemetry;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>How many headers a request may have, and that what the server refuses by itself is counted.</summary>
[Collection(OnSqlite.Name)]
public sealed class HeaderTests(SqliteApi api)
{
    [Theory]
    [InlineData(70, 20)]
    [InlineData(97, 20)]
    [InlineData(4, 4_250)]
    [InlineData(1, 31_000)]
    public async Task As_many_headers_are_taken_as_gateways_add(int count, int length) =>
        (
            await api.Client.PostAsync(
                RawBody.Bytes(RawBody.Of(Report.NewId())),
                headers:
                [
                    .. Enumerable.Range(0, count).Select(number => ($"X-Gateway-{number}", new string('x', length))),
                ]
            )
        ).Expect(200);

    [Fact]
    public async Task Seventeen_kilobytes_of_cookies_are_taken() =>
        (
            await api.Client.GetAsync(
                "/workflows",
                (
                    "Cookie",
                    string.Join("; ", Enumerable.Range(0, 17).Select(static i => $"c{i}={new string('x', 1000)}"))
                )
            )
        ).Expect(200);

    [Theory]
    [InlineData("too many headers", 431)]
    [InlineData("a header that is too large", 431)]
    [InlineData("a line that is too long", 414)]
    [InlineData("no HTTP", 400)]
    [InlineData("another version", 505)]
    [InlineData("two lengths", 400)]
    public async Task What_the_server_refuses_is_counted(string what, int status)
    {
        const string Post = "POST /webhooks/airudder/workflow-status HTTP/1.1\r\nHost: x\r\n";
        var before = await Counted(status);

        using var connection = await RawConnection.OpenAsync(api.Client.Root);
        await connection.SendAsync(
            what switch
            {
                "too many headers" =>
                    $"{Post}{string.Concat(Enumerable.Range(0, 101).Select(static i => $"X-{i}: 1\r\n"))}\r\n",
                "a header that is too large" => $"{Post}X-Large: {new string('x', 40_000)}\r\n\r\n",
                "a line that is too long" =>
                    $"GET /workflows?name={new string('x', 10_000)} HTTP/1.1\r\nHost: x\r\n\r\n",
                "another version" => "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
                "two lengths" => $"{Post}Content-Length: 1, 2\r\n\r\n",
                _ => "hello\r\n\r\n",
            }
        );

        (await connection.ReadToEndAsync()).ShouldStartWith($"HTTP/1.1 {status} ");
        await Until.Async("it is counted", () => Counted(status), count => count == before + 1);
    }

    private async Task<double> Counted(int status) =>
        PrometheusText
            .Parse((await api.Client.GetAsync("/metrics")).Expect(200).Text)
            .Sum("workflow_server_refused_requests_total", ("http_response_status_code", $"{status}"));
}
