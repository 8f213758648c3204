using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Telemetry;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>A sender that was set up with nearly the right address.</summary>
public sealed class UnknownWebhookTests(ApiWithSources api) : IClassFixture<ApiWithSources>
{
    private const string Secret = ApiWithSources.OldSecret;

    [Theory]
    [InlineData("/webhooks/open/workflow-status/", null)]
    [InlineData("/webhooks/open/workflow-status//", null)]
    [InlineData("//webhooks/open/workflow-status", null)]
    [InlineData("/WEBHOOKS/open/Workflow-Status/", null)]
    [InlineData("/webhooks/open/workflow-status/?x=1", null)]
    [InlineData("/webhooks/open", null)]
    [InlineData("//webhooks/open//", null)]
    [InlineData("/webhooks/guarded/", $"Bearer {Secret}")]
    [InlineData($"/webhooks/guarded/{Secret}/", "Bearer of-a-proxy")]
    [InlineData("/webhooks/guarded/the%2Fnew%2Bsecret%250123456789", null)]
    [InlineData("/webhooks/guarded/workflow-status/", $"Bearer {Secret}")]
    [InlineData($"/webhooks/guarded/{Secret}/workflow-status/", null)]
    [InlineData($"//webhooks/guarded/{Secret}/workflow-status//", null)]
    [InlineData("/webhooks/guarded/the%2Fnew%2Bsecret%250123456789/workflow-status/", null)]
    public async Task Slashes_around_the_path_do_not_count(string path, string? authorization)
    {
        var id = Report.NewId();

        (await Send(path, RawBody.Of(id), authorization)).Expect(200);

        (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200);
    }

    [Theory]
    [InlineData("POST", "/webhooks/open/workflow_status", 404)]
    [InlineData("POST", "/webhooks/open/workflow-status/2", 404)]
    [InlineData("PUT", "/webhooks/open/", 405)]
    [InlineData("POST", "/webhooks/open/list-completions", 404)]
    [InlineData("POST", "/webhooks/open/list-completion/2", 404)]
    [InlineData("POST", "/webhooks/open/a/b/workflow-status", 404)]
    [InlineData("PUT", "/webhooks/open/workflow-status", 405)]
    [InlineData("PUT", "/webhooks/open/nothing", 404)]
    [InlineData("POST", $"/webhooks/guarded/{Secret}/workflow-statuses", 404)]
    [InlineData("GET", $"/webhooks/guarded/{Secret}", 405)]
    [InlineData("PATCH", $"/webhooks/guarded/{Secret}/workflow-status", 405)]
    public async Task What_a_source_sends_to_a_wrong_address_is_kept_whole_counted_and_logged(
        string method,
        string path,
        int status
    )
    {
        var before = await Counted(status);
        var body = RawBody.Of(Report.NewId());

        var reply = await api.Client.SendBodyAsync(method, path, RawBody.Bytes(body));

        var problem = reply.ExpectProblem(status);
        problem.Word("detail")!.ShouldContain("/webhooks/{source}/workflow-status");
        reply.Text.ShouldNotContain("secret-0");
        var row = (
            await api.Database.FindRejectedAsync(problem.GetProperty("rejection_id").GetGuid())
        ).ShouldNotBeNull();
        (row.StatusCode, row.Source).ShouldBe(
            (status, path.Contains("guarded", StringComparison.Ordinal) ? "guarded" : "open")
        );
        System.Text.Encoding.UTF8.GetString(row.Body.ShouldNotBeNull()).ShouldBe(body);
        row.Detail.ShouldNotContain("secret-0");

        // What is counted is shown with a short delay.
        await Until.Async("it is counted", () => Counted(status), count => count == before + 1);
        await Until.Async(
            "it is logged",
            () => Task.FromResult(api.Output),
            static output => output.Contains("[1302]", StringComparison.Ordinal)
        );
        api.Output.ShouldNotContain(Secret);
    }

    [Theory]
    [InlineData("POST", "/webhooks/nobody/workflow_status")]
    [InlineData("POST", "/webhooks/wrong-secret-of-nobody")]
    [InlineData("GET", "/webhooks/")]
    [InlineData("DELETE", "/webhooks/guarded/wrong-secret-of-nobody/anything/at/all")]
    public async Task A_request_of_a_stranger_is_kept_without_its_body(string method, string path)
    {
        var reply = await api.Client.SendBodyAsync(method, path, "{}"u8.ToArray());

        var row = (
            await api.Database.FindRejectedAsync(reply.ExpectProblem(404).GetProperty("rejection_id").GetGuid())
        ).ShouldNotBeNull();
        (row.StatusCode, row.Source, row.Body).ShouldBe((404, null, null));
        row.Detail.ShouldNotContain("wrong-secret-of-nobody");
        api.Output.ShouldNotContain("wrong-secret-of-nobody");
    }

    [Fact]
    public async Task A_stranger_at_wrong_addresses_leaves_little_behind()
    {
        using var database = new SqliteFile();
        await using var own = await ApiProcess.StartInProductionAsync(
            database,
            $"--Sources:guarded:Secrets:0={Secret}",
            "--Access:AllowAnonymous=true"
        );
        var kept = 0;
        var start = TimeProvider.System.GetTimestamp();
        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) =>
        {
            var reply = await own.Client.SendBodyAsync(
                number % 2 == 0 ? "GET" : "POST",
                $"/webhooks/guess-{number}/x",
                []
            );
            reply.Status.ShouldBeOneOf(404, 429);
            if (reply.Status == 404)
                Interlocked.Increment(ref kept);
        });

        kept.ShouldBeLessThanOrEqualTo(100 + (int)(10 * TimeProvider.System.GetElapsedTime(start).TotalSeconds) + 1);
        await using var connection = await database.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM rejected";
        Convert.ToInt32(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe(kept);
        (
            await own.Client.PostAsync(
                RawBody.Bytes(RawBody.Of(Report.NewId())),
                $"/webhooks/guarded/{Secret}/workflow-status"
            )
        ).Expect(200);
    }

    private async Task<double> Counted(int status)
    {
        var metrics = PrometheusText.Parse((await api.Client.GetAsync("/metrics")).Expect(200).Text);
        return metrics.Sum("workflow_refused_requests_total", ("http_response_status_code", $"{status}"));
    }

    private Task<Reply> Send(string path, string body, string? authorization) =>
        api.Client.PostAsync(
            RawBody.Bytes(body),
            path,
            headers: authorization is null ? [] : [("Authorization", authorization)]
        );
}
