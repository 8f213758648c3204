using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>The product with a source that keeps what it does not know, and one that must sign.</summary>
public sealed class ApiWithKeepers : IAsyncLifetime
{
    public const string Secret = "the-secret-of-the-keeper-0123456789";

    private readonly SqliteFile _database = new();
    private ApiProcess? _api;

    public ApiProcess Process => _api.ShouldNotBeNull();

    public ApiClient Client => Process.Client;

    public ITestDatabase Database => _database;

    public async ValueTask InitializeAsync() =>
        _api = await ApiProcess.StartAsync(
            _database,
            $"--Sources:keeper:Secrets:0={Secret}",
            "--Sources:keeper:UnknownKinds=Keep",
            "--Sources:signed:AllowAnonymous=true",
            "--Sources:signed:RequireSignature=true",
            "--Logging:LogLevel:Microsoft.AspNetCore=Trace"
        );

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();

        _database.Dispose();
    }
}

/// <summary>What a source may say of the notifications that it sends.</summary>
public sealed class NotificationSourceTests(ApiWithKeepers api) : IClassFixture<ApiWithKeepers>
{
    private const string Secret = ApiWithKeepers.Secret;

    public static TheoryData<string> Kinds => [.. NotificationKinds.All.Select(static kind => kind.Path)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_secret_may_be_in_the_path_of_each_kind_and_of_the_one_for_all(string path)
    {
        var body = NotificationExamples.Of(NotificationKinds.OfPath(path)!);

        (await Send($"/webhooks/keeper/{Secret}/{path}", body)).Expect(200);
        (await Send($"/webhooks/keeper/{Secret}", body)).Expect(200);
        (await Send($"//WEBHOOKS/keeper/{Secret}//", body)).Expect(200);

        (await Send($"/webhooks/keeper/{path}", body)).ExpectProblem(401);
        (await Send($"/webhooks/keeper/{Secret}x/{path}", body)).ExpectProblem(401);
        (await Send($"/webhooks/keeper/{Secret}x", body)).ExpectProblem(404);
        (await Send("/webhooks/keeper", body)).ExpectProblem(401);
        (await Send($"/webhooks/{Secret}", body)).ExpectProblem(404);
        api.Process.Output.ToString().ShouldNotContain(Secret);
    }

    [Theory]
    [InlineData("""{"workflow_id":"w-unknown","x":1}""")]
    [InlineData("""{"x":[]}""")]
    [InlineData("""{"workflow_id":"w-both","status":"s","actions":[],"type":"TaskStatus","body":{}}""")]
    public async Task A_source_may_have_kept_what_fits_no_kind(string body)
    {
        var reply = (await Send($"/webhooks/keeper/{Secret}", RawBody.Bytes(body))).Expect(200);

        reply.Header("X-Effect").ShouldBe("recorded");
        (await Send($"/webhooks/keeper/{Secret}", RawBody.Bytes(body)))
            .Expect(200)
            .Header("X-Effect")
            .ShouldBe("duplicate");
    }

    [Theory]
    [InlineData("[]", "$")]
    [InlineData("{\"x\":01}", "$.x")]
    [InlineData("""{"workflow_id":".","x":1}""", "$.workflow_id")]
    [InlineData("""{"workflow_id":"w","status":" ","actions":[]}""", "$.status")]
    public async Task What_is_no_object_or_fits_a_kind_and_is_wrong_is_not_kept_as_a_fact(string body, string path) =>
        (await Send($"/webhooks/keeper/{Secret}", RawBody.Bytes(body))).ExpectProblem(400, path);

    [Fact]
    public async Task A_source_that_must_sign_is_refused_without_a_signature_and_its_body_is_kept()
    {
        var body = NotificationExamples.Of(NotificationKinds.OfPath("chatbot-session")!);

        var problem = (await Send("/webhooks/signed/chatbot-session", body)).ExpectProblem(401);

        problem.Word("detail").ShouldNotBeNull().ShouldContain("X-AIRudder-Sign");
        var row = (
            await api.Database.FindRejectedAsync(problem.GetProperty("rejection_id").GetGuid())
        ).ShouldNotBeNull();
        row.Source.ShouldBe("signed");
        row.Body.ShouldBe(body);
        (
            await api.Client.PostAsync(body, "/webhooks/signed/chatbot-session", headers: ("X-AIRudder-Sign", "any"))
        ).Expect(200);
    }

    private Task<Reply> Send(string path, byte[] body) => api.Client.PostAsync(body, path);
}
