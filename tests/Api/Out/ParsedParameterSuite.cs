using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>
/// What can be parsed is not yet valid: every parameter that is a number, a span or a time, with what its parser would
/// take.
/// </summary>
public abstract class ParsedParameterSuite(ApiFixture api)
{
    private static readonly string[] NoNumber =
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "∞",
        "-∞",
        "+1",
        "-1",
        "-0",
        "1e3",
        "1_000",
        "1,000",
        "0x10",
        "1.5",
        "1.",
        " 1",
        "1 ",
        "١",
        "１",
        "99999999999999999999999999999999",
    ];

    private static readonly string[] NoSpan =
    [
        "-Infinitys",
        "Infinitys",
        "NaNs",
        "-NaNs",
        "∞s",
        "-∞s",
        "-0s",
        "+1s",
        "1e1s",
        "1e400s",
        "1,5s",
        "0x1s",
        " 1s",
        "1 s",
        "١s",
        "s",
        ".s",
        "1",
        "1.5.5s",
        "--1s",
        "79228162514264337593543950335s",
        "79228162514264337593543950335d",
        "99999999999999999999999999999999999999s",
        "1S",
        "1sec",
        "ms",
    ];

    private static readonly string[] NoTime =
    [
        "NaN",
        "Infinity",
        "0",
        "1",
        "-1",
        "now",
        "10:00",
        "10:00:00Z",
        "1/2/2026",
        "22 Nov 2026",
        "2026",
        "2026-11",
        "2026-02-30",
        "2026-13-01",
        "2026-00-01",
        "0000-01-01",
        "10000-01-01",
        "99999-01-01T00:00:00Z",
        "-2026-01-01",
        "2026-01-01T25:00:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00+99:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-01-01T",
        "2026-01-01Tx",
        " 2026-01-01",
        "20260101",
        "2026-1-1",
        "٢٠٢٦-٠١-٠١",
    ];

    [Fact]
    public async Task A_value_that_is_no_number_is_refused_by_name()
    {
        var id = await Known();
        await ShouldBeRefused(
            NoNumber,
            "limit",
            "/workflows?",
            $"{ApiClient.Of(id)}/history?",
            $"{ApiClient.Of(id)}/receipts?",
            $"{ApiClient.Of(id)}/explain/overruled?"
        );
        await ShouldBeRefused(NoNumber, "min_version", $"{ApiClient.Of(id)}?");
        await ShouldBeRefused(NoNumber, "as_of_version", $"{ApiClient.Of(id)}?");
        await ShouldBeRefused(NoNumber, "last_event_id", "/events?", $"{ApiClient.Of(id)}/events?");
    }

    [Fact]
    public async Task A_value_that_is_no_duration_is_refused_by_name()
    {
        var id = await Known();
        await ShouldBeRefused(NoSpan, "wait", $"{ApiClient.Of(id)}?until=ended&");
        await ShouldBeRefused(NoSpan, "silent_for", "/workflows?", "/workflow-counts?");
        await ShouldBeRefused(NoSpan, "every", "/events?", $"{ApiClient.Of(id)}/events?");
    }

    [Fact]
    public async Task A_value_that_is_no_time_is_refused_by_name()
    {
        var id = await Known();
        await ShouldBeRefused(NoTime, "changed_after", "/workflows?", "/workflow-counts?");
        await ShouldBeRefused(NoTime, "changed_before", "/workflows?", "/workflow-counts?");
        await ShouldBeRefused(NoTime, "as_of", $"{ApiClient.Of(id)}?");
    }

    [Theory]
    [InlineData("/workflows?changed_after=0001-01-01")]
    [InlineData("/workflows?changed_before=9999-12-31T23:59:59.9999999Z")]
    [InlineData("/workflows?changed_after=1969-12-31T23:59:59Z")]
    [InlineData("/workflows?changed_after=2026-11-22T10:00:00.123%2B08:00")]
    [InlineData("/workflows?changed_after=2026-11-22%2010:00")]
    [InlineData("/workflows?silent_for=3650d")]
    [InlineData("/workflows?silent_for=0.0000000000000000000000000001ms")]
    [InlineData("/workflow-counts?silent_for=0s")]
    [InlineData("{id}?until=active&wait=60s")]
    [InlineData("{id}?until=ended&wait=.001s")]
    [InlineData("{id}?until=ended&wait=00000000000000000000000000000000.001s")]
    [InlineData("{id}?min_version=9223372036854775807")]
    public async Task The_outermost_values_are_taken(string path) =>
        (await api.Client.GetAsync(path.Replace("{id}", ApiClient.Of(await Known()), StringComparison.Ordinal))).Expect(
            200
        );

    [Theory]
    [InlineData("{id}?as_of=0001-01-01")]
    [InlineData("{id}?as_of_version=9223372036854775807")]
    public async Task What_does_not_exist_is_not_found(string path) =>
        (
            await api.Client.GetAsync(path.Replace("{id}", ApiClient.Of(await Known()), StringComparison.Ordinal))
        ).ExpectProblem(404);

    private async Task ShouldBeRefused(string[] values, string name, params string[] queries)
    {
        foreach (var query in queries)
        {
            foreach (var value in values)
            {
                var reply = await api.Client.GetAsync($"{query}{name}={Uri.EscapeDataString(value)}");
                reply.Status.ShouldBe(400, $"{query}{name}={value}");
                reply.ExpectProblem(400, name);
            }
        }
    }

    private async Task<string> Known()
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(Report.Workflow(id));
        return id;
    }
}

[Collection(OnSqlite.Name)]
public sealed class ParsedParametersOnSqliteTests(SqliteApi api) : ParsedParameterSuite(api);

[Collection(OnPostgres.Name)]
public sealed class ParsedParametersOnPostgresTests(PostgresApi api) : ParsedParameterSuite(api);
