using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Ids;

/// <summary>The route and the ids of a request are read from one form of its path.</summary>
public abstract class AmbiguousPathSuite(ApiFixture api)
{
    /// <summary>
    /// Paths that lead to another route once their dot segments are removed.
    /// </summary>
    public static TheoryData<string> Ambiguous =>
        [
            "/workflows/{known}/../{other}",
            "/workflows/{known}/%2E%2e/{other}",
            "/workflows/{known}/.%2E/{other}",
            "/workflows/{known}/./history",
            "/workflows/{known}/../{other}/history",
            "/workflows/{known}/../{other}/receipts",
            "/workflows/{known}/../{other}/explain",
            "/workflows/{known}/../{other}/explain/overruled",
            "/workflows/{known}/../{other}/events",
            "/workflows/{known}/../{other}/nodes/n",
            "/workflows/{other}/nodes/n/../m",
            "/workflows/{other}/nodes/../../{known}",
            "/receipts/../workflows/{known}",
            "/x/../workflows/{known}",
            "/console/workflows/{known}/../{other}",
            "/console/workflows/{known}/../{other}/explain",
            "/./workflows/{known}",
            "/workflows/{known}/..",
            "/webhooks/airudder/../airudder/workflow-status",
            "/workflows/{known}/..?min_version=1",
        ];

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task A_path_with_dots_is_refused_on_every_route(string path)
    {
        var (known, other) = (Report.NewId(), Report.NewId());
        await api.Client.ReportAsync(Report.Workflow(known, "running", "A", Report.Node("n"), Report.Node("m")));

        var target = path.Replace("{known}", known, StringComparison.Ordinal)
            .Replace("{other}", other, StringComparison.Ordinal);

        (await api.Client.GetAsync(target)).ExpectProblem(400).Word("detail")!.ShouldContain("'..'");
    }

    [Theory]
    [InlineData("a/history")]
    [InlineData("a/nodes/b")]
    [InlineData("a/../b")]
    [InlineData("a%2Fb")]
    [InlineData("...")]
    [InlineData("..%2Fb")]
    public async Task The_absolute_form_means_the_same_as_the_other(string end)
    {
        var id = $"{Report.NewId()}{end}";
        await api.Client.ReportAsync(Report.Workflow(id, "running", "absolute"));

        using var connection = await RawConnection.OpenAsync(api.Client.Root);
        await connection.SendAsync(
            $"GET http://anywhere{ApiClient.Of(id)}?min_version=1 HTTP/1.1\r\nHost: anywhere\r\nConnection: "
                + "close\r\n\r\n"
        );

        var answer = await connection.ReadToEndAsync();
        answer.ShouldStartWith("HTTP/1.1 200");
        answer.ShouldContain("\"workflow_name\":\"absolute\"");
    }

    [Fact]
    public async Task The_absolute_form_with_dots_is_refused_too()
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(Report.Workflow(id));

        using var connection = await RawConnection.OpenAsync(api.Client.Root);
        await connection.SendAsync(
            $"GET http://anywhere/workflows/x/../{id} HTTP/1.1\r\nHost: anywhere\r\nConnection: close\r\n\r\n"
        );

        (await connection.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 400");
    }
}

[Collection(OnSqlite.Name)]
public sealed class AmbiguousPathsOnSqliteTests(SqliteApi api) : AmbiguousPathSuite(api);

[Collection(OnPostgres.Name)]
public sealed class AmbiguousPathsOnPostgresTests(PostgresApi api) : AmbiguousPathSuite(api);
