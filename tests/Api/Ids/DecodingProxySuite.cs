using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Proxies;

namespace Orleans.Workflow.Api.Tests.Ids;

/// <summary>
/// A client behind an nginx that decodes paths, as it does where <c>proxy_pass</c> has a path of its own.
/// </summary>
public abstract class DecodingProxySuite(ApiFixture api)
{
    public static TheoryData<string> Breaking =>
        ["a/b", "/a", "a/", "a//b", "a/../b", "a%2Fb", "a/history", "漢/字", "a?b/#c", "-"];

    [Theory]
    [MemberData(nameof(Breaking))]
    public async Task An_id_in_the_query_reaches_every_route(string end)
    {
        var (id, node) = ($"{Report.NewId()}{end}", $"n{end}");
        var receipt = (
            await api.Client.ReportAsync(
                Report.Workflow(id, "running", "proxied", Report.Node(node, task: "t", status: "running"))
            )
        ).Header("X-Receipt-Id");
        await using var nginx = await NginxProxy.StartAsync($"location / {{ proxy_pass {api.Client.Root}; }}");
        using var client = new ApiClient(nginx.Root);
        var (inQuery, nodeInQuery) = (
            $"workflow_id={Uri.EscapeDataString(id)}",
            $"nodetask_id={Uri.EscapeDataString(node)}"
        );

        (await client.GetAsync($"/workflows?{inQuery}"))
            .Expect(200)
            .Json.Items("items")
            .ShouldHaveSingleItem()
            .Word("workflow_id")
            .ShouldBe(id);
        (await client.GetAsync($"/workflow-counts?{inQuery}")).Expect(200).Json.Number("total").ShouldBe(1);
        (await client.GetAsync($"/workflows/-?{inQuery}"))
            .Expect(200)
            .Text.ShouldBe((await api.Client.GetAsync(ApiClient.Of(id))).Text);
        (await client.GetAsync($"/workflows/-?{inQuery}&until=active&wait=1s")).Expect(200);
        (await client.GetAsync($"/workflows/-?{inQuery}&as_of_version=1"))
            .Expect(200)
            .Json.Word("workflow_id")
            .ShouldBe(id);
        (await client.GetAsync($"/workflows/-/nodes/-?{inQuery}&{nodeInQuery}"))
            .Expect(200)
            .Json.Word("nodetask_id")
            .ShouldBe(node);
        (await client.GetAsync($"/workflows/-/explain?{inQuery}")).Expect(200).Json.Word("workflow_id").ShouldBe(id);
        (await client.GetAsync($"/workflows/-/explain/overruled?{inQuery}&{nodeInQuery}"))
            .Expect(200)
            .Json.Items("items")
            .ShouldBeEmpty();
        (await client.GetAsync($"/workflows/-/history?{inQuery}"))
            .Expect(200)
            .Json.Items("items")
            .ShouldAllBe(item => item.Word("receipt_id") == receipt);
        (await client.GetAsync($"/workflows/-/receipts?{inQuery}"))
            .Expect(200)
            .Json.Items("items")
            .ShouldHaveSingleItem()
            .Word("receipt_id")
            .ShouldBe(receipt);
        (await client.GetAsync($"/console/workflows/-?{inQuery}")).Expect(200).Text.ShouldContain("proxied");
        (await client.GetAsync($"/console/workflows/-/explain?{inQuery}")).Expect(200).Text.ShouldContain("proxied");
    }

    [Theory]
    [InlineData("/workflows/-/events?workflow_id=")]
    [InlineData("/events?workflow_id=")]
    public async Task A_feed_takes_the_id_in_the_query_too(string feed)
    {
        var id = $"{Report.NewId()}/b";
        await using var nginx = await NginxProxy.StartAsync(
            $"location / {{ proxy_pass {api.Client.Root}; proxy_buffering off; }}"
        );
        using var reader = new Testing.Feeds.FeedReader();
        await using var open = await OpenFeed.StartAsync(
            reader,
            new Uri(nginx.Root, feed + Uri.EscapeDataString(id)),
            TestContext.Current.CancellationToken
        );

        await api.Client.ReportAsync(Report.Workflow(Report.NewId()));
        await api.Client.ReportAsync(Report.Workflow(id));

        (await open.Next()).Word("workflow_id").ShouldBe(id);
    }

    [Fact]
    public async Task An_id_in_the_path_and_in_the_query_is_refused()
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(Report.Workflow(id, "running", "A", Report.Node("n")));

        (await api.Client.GetAsync($"{ApiClient.Of(id)}?workflow_id={id}")).ExpectProblem(400, "workflow_id");
        (await api.Client.GetAsync($"{ApiClient.Of(id)}/nodes/n?nodetask_id=n")).ExpectProblem(400, "nodetask_id");
        (await api.Client.GetAsync("/workflows/-?workflow_id=")).ExpectProblem(400, "workflow_id");
        (await api.Client.GetAsync("/workflows/-?workflow_id=a%00b")).ExpectProblem(400, "workflow_id");
        (await api.Client.GetAsync("/workflows/-")).ExpectProblem(404);
    }
}

[Collection(OnSqlite.Name)]
public sealed class DecodingProxyOnSqliteTests(SqliteApi api) : DecodingProxySuite(api);

[Collection(OnPostgres.Name)]
public sealed class DecodingProxyOnPostgresTests(PostgresApi api) : DecodingProxySuite(api);
