using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Ids;

/// <summary>
/// Every URL gets an answer: the data, 400 or 404. Nothing breaks, and nothing is executed.
/// </summary>
public abstract class HostileQuerySuite(ApiFixture api)
{
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
    ];

    /// <summary>Bytes that are no text, percent-encoded.</summary>
    private static readonly string[] NoText = ["%00", "a%00b", "%ED%A0%80", "%C0%AF", "%FF", "%", "%zz", "%u0041"];

    [Fact]
    public async Task A_parameter_never_breaks_a_query()
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(Report.Workflow(id, name: "hostile query"));
        foreach (var value in UnusualIds.Hostile.Select(Uri.EscapeDataString).Concat(NoText))
        {
            foreach (
                var path in (string[])
                    [
                        "/workflows",
                        "/workflow-counts",
                        ApiClient.Of(id),
                        $"{ApiClient.Of(id)}/history",
                        $"{ApiClient.Of(id)}/receipts",
                    ]
            )
            {
                foreach (var parameter in Parameters)
                    ShouldBeAnswered(
                        await api.Client.GetAsync($"{path}?{parameter}={value}"),
                        $"{path}?{parameter}={value}"
                    );
            }

            (await api.Client.GetAsync($"/workflows?{value}=1")).Status.ShouldBe(400, value);
        }

        (await api.Client.GetAsync("/workflows?name=hostile%20query"))
            .Expect(200)
            .Json.Items("items")
            .Select(static item => item.Word("workflow_id"))
            .ShouldBe([id]);
    }

    [Fact]
    public async Task An_id_in_a_path_never_breaks_a_query()
    {
        string[] longOnes = [new('x', 3_000), string.Concat(Enumerable.Repeat("%E6%BC%A2", 800))];
        foreach (var value in UnusualIds.Hostile.Select(Uri.EscapeDataString).Concat(NoText).Concat(longOnes))
        {
            foreach (
                var path in (string[])
                    [
                        $"/workflows/{value}-x",
                        $"/workflows/{value}-x/history",
                        $"/workflows/{value}-x/receipts",
                        $"/workflows/x/nodes/{value}-x",
                        $"/receipts/{value}-x",
                    ]
            )
                (await api.Client.GetAsync(path)).Status.ShouldBeOneOf(400, 404);
        }
    }

    private static void ShouldBeAnswered(Reply reply, string what)
    {
        reply.Status.ShouldBeOneOf([200, 400], what);
        reply.Json.ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Object, what);
        reply.ContentType?.MediaType.ShouldBe(
            reply.Status == 200 ? "application/json" : "application/problem+json",
            what
        );
        reply.Header("X-Injected").ShouldBeNull(what);
    }
}

[Collection(OnSqlite.Name)]
public sealed class HostileQueriesOnSqliteTests(SqliteApi api) : HostileQuerySuite(api);

[Collection(OnPostgres.Name)]
public sealed class HostileQueriesOnPostgresTests(PostgresApi api) : HostileQuerySuite(api);
