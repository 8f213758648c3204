using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>The product with several named senders and a lower limit on bodies.</summary>
public sealed class ApiWithSources : IAsyncLifetime
{
    public const string OldSecret = "the-old-secret-0123456789";
    public const string NewSecret = "the/new+secret%0123456789";
    public const int MaxBodyBytes = 2048;

    private readonly SqliteFile _database = new();
    private ApiProcess? _api;

    public ApiClient Client => _api.ShouldNotBeNull().Client;

    public ITestDatabase Database => _database;

    /// <summary>Everything that it wrote.</summary>
    public string Output => _api.ShouldNotBeNull().Output.ToString();

    public async ValueTask InitializeAsync() =>
        _api = await ApiProcess.StartAsync(
            _database,
            $"--Webhooks:MaxBodyBytes={MaxBodyBytes}",
            $"--Sources:guarded:Secrets:0={OldSecret}",
            $"--Sources:guarded:Secrets:1={NewSecret}",
            "--Sources:other:Secrets:0=the-secret-of-another-source",
            "--Sources:open:AllowAnonymous=true",
            "--Sources:slow:AllowAnonymous=true",
            "--Sources:slow:RatePerSecond=1"
        );

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();

        _database.Dispose();
    }
}

/// <summary>The limits of sources: credentials, rates and sizes.</summary>
public sealed class SourceTests(ApiWithSources api) : IClassFixture<ApiWithSources>
{
    private const string Guarded = "/webhooks/guarded/workflow-status";

    [Theory]
    [InlineData(ApiWithSources.OldSecret)]
    [InlineData(ApiWithSources.NewSecret)]
    public async Task Either_of_two_secrets_is_good_in_the_path_and_as_a_bearer_token(string secret)
    {
        (await Send($"/webhooks/guarded/{Uri.EscapeDataString(secret)}/workflow-status")).Expect(200);
        (await Send(Guarded, $"Bearer {secret}")).Expect(200);
        (await Send(Guarded, $"bearer  {secret}")).Expect(200);
    }

    [Fact]
    public async Task The_receipt_names_its_source()
    {
        var reply = (await Send(Guarded, $"Bearer {ApiWithSources.NewSecret}")).Expect(200);

        var receipt = (await api.Client.GetAsync($"/receipts/{reply.Header("X-Receipt-Id")}")).Expect(200);
        receipt.Json.Word("source").ShouldBe("guarded");
        receipt.Text.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData(Guarded, null)]
    [InlineData(Guarded, "Bearer")]
    [InlineData(Guarded, "Bearer ")]
    [InlineData(Guarded, "Bearer wrong")]
    [InlineData(Guarded, $"Bearer {ApiWithSources.OldSecret}x")]
    [InlineData(Guarded, "Bearer THE-OLD-SECRET-0123456789")]
    [InlineData(Guarded, "Bearer the-secret-of-another-source")]
    [InlineData(Guarded, $"Token {ApiWithSources.OldSecret}")]
    [InlineData(Guarded, ApiWithSources.OldSecret)]
    [InlineData("/webhooks/guarded/wrong/workflow-status", null)]
    [InlineData("/webhooks/Guarded/workflow-status", $"Bearer {ApiWithSources.OldSecret}")]
    [InlineData("/webhooks/nobody/workflow-status", null)]
    [InlineData("/webhooks/nobody/workflow-status", $"Bearer {ApiWithSources.OldSecret}")]
    [InlineData("/webhooks/airudder/workflow-status", null)]
    public async Task A_request_without_a_credential_learns_nothing_and_leaves_no_body(
        string path,
        string? authorization
    )
    {
        var problem = (await Send(path, authorization)).ExpectProblem(401);

        problem
            .Word("detail")
            .ShouldBe((await Send(Guarded)).Json.Word("detail"), "the answer is the same whatever was wrong");
        var row = (
            await api.Database.FindRejectedAsync(problem.GetProperty("rejection_id").GetGuid())
        ).ShouldNotBeNull();
        (row.StatusCode, row.Source, row.ErrorPath).ShouldBe((401, null, null));
        row.Body.ShouldBeNull();
    }

    [Fact]
    public async Task A_request_without_a_credential_is_refused_before_its_type_and_size()
    {
        (await api.Client.PostAsync(new byte[ApiWithSources.MaxBodyBytes * 2], Guarded)).ExpectProblem(401);
        (await api.Client.PostAsync([], Guarded, "text/plain")).ExpectProblem(401);
    }

    [Fact]
    public async Task A_source_that_sends_too_fast_gets_a_time_to_try_again()
    {
        // One a second: of a burst some are refused, and none is lost once it was taken.
        var ids = Enumerable.Range(0, 10).Select(static _ => Report.NewId()).ToList();

        var replies = await Task.WhenAll(
            ids.Select(id => api.Client.PostAsync(RawBody.Bytes(RawBody.Of(id)), "/webhooks/slow/workflow-status"))
        );

        replies.ShouldAllBe(reply => reply.Status == 200 || reply.Status == 429);
        replies.ShouldContain(static reply => reply.Status == 200);
        var refused = replies.Where(static reply => reply.Status == 429).ToList();
        refused.ShouldNotBeEmpty();
        foreach (var reply in refused)
        {
            reply.ExpectProblem(429);
            int.Parse(reply.Header("Retry-After").ShouldNotBeNull()).ShouldBe(1);
        }

        foreach (var (id, reply) in ids.Zip(replies))
            (await api.Client.GetAsync(ApiClient.Of(id))).Expect(reply.Status == 200 ? 200 : 404);

        // Another source is not slowed down by it.
        (await Send("/webhooks/open/workflow-status")).Expect(200);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_with_and_without_its_length()
    {
        var right = Sized(ApiWithSources.MaxBodyBytes);
        var large = Sized(ApiWithSources.MaxBodyBytes + 1);

        (await api.Client.PostAsync(right, "/webhooks/open/workflow-status")).Expect(200);
        (await api.Client.PostAsync(large, "/webhooks/open/workflow-status")).ExpectProblem(413);
        (await api.Client.PostChunkedAsync(right, "/webhooks/open/workflow-status")).Expect(200);
        var problem = (await api.Client.PostChunkedAsync(large, "/webhooks/open/workflow-status")).ExpectProblem(413);

        problem.Word("detail").ShouldNotBeNull().ShouldContain("2048");
        var row = (
            await api.Database.FindRejectedAsync(problem.GetProperty("rejection_id").GetGuid())
        ).ShouldNotBeNull();
        (row.StatusCode, row.Source).ShouldBe((413, "open"));
        row.Body.ShouldBeNull();
    }

    private static byte[] Sized(int bytes)
    {
        var empty = RawBody.Of("sized", "\"x\":\"\"");
        return RawBody.Bytes(RawBody.Of("sized", $"\"x\":\"{new string('x', bytes - empty.Length)}\""));
    }

    private Task<Reply> Send(string path, string? authorization = null) =>
        api.Client.PostAsync(
            RawBody.Bytes(RawBody.Of(Report.NewId())),
            path,
            headers: authorization is null ? [] : [("Authorization", authorization)]
        );
}
