using System.Text.Json.Nodes;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Vendors;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>The product with a vendor that can be asked, and a source of each policy, logging everything.</summary>
public abstract class ApiWithVendor : IAsyncLifetime
{
    private ApiProcess? _api;
    private ITestDatabase? _database;
    private VendorServer? _vendor;

    public ApiProcess Process => _api.ShouldNotBeNull();

    public ApiClient Client => Process.Client;

    public ITestDatabase Database => _database.ShouldNotBeNull();

    public VendorServer Vendor => _vendor.ShouldNotBeNull();

    public async ValueTask InitializeAsync()
    {
        _database = await CreateDatabaseAsync();
        _vendor = await VendorServer.StartAsync();
        _api = await ApiProcess.StartAsync(
            _database,
            $"--Vendor:BaseAddress={_vendor.Address}",
            $"--Vendor:AppKey={VendorServer.AppKey}",
            $"--Vendor:AppSecret={VendorServer.AppSecret}",
            "--Vendor:TimeoutSeconds=1",
            "--Vendor:Retries=1",
            "--Sources:off:AllowAnonymous=true",
            "--Sources:record:AllowAnonymous=true",
            "--Sources:record:VerifyPushes=Record",
            "--Sources:require:AllowAnonymous=true",
            "--Sources:require:VerifyPushes=Require",
            "--Logging:LogLevel:Default=Trace",
            "--Logging:LogLevel:System.Net.Http=Trace",
            "--Logging:LogLevel:Polly=Trace",
            "--Logging:LogLevel:Microsoft=Trace"
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();

        if (_vendor is not null)
            await _vendor.DisposeAsync();

        (_database as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<ITestDatabase> CreateDatabaseAsync();
}

/// <summary>The product with a vendor, on SQLite.</summary>
public sealed class SqliteApiWithVendor : ApiWithVendor
{
    protected override Task<ITestDatabase> CreateDatabaseAsync() => Task.FromResult<ITestDatabase>(new SqliteFile());
}

/// <summary>The product with a vendor, on PostgreSQL.</summary>
public sealed class PostgresApiWithVendor(SharedPostgres postgres) : ApiWithVendor
{
    protected override async Task<ITestDatabase> CreateDatabaseAsync() => await postgres.CreateDatabaseAsync("pushes");
}

/// <summary>Pushes of Custom API nodes that the vendor is asked about.</summary>
public abstract class PushSuite(ApiWithVendor api)
{
    private static readonly NotificationKind Push = NotificationKinds.OfPath("custom-node").ShouldNotBeNull();

    [Theory]
    [InlineData("off")]
    [InlineData("record")]
    [InlineData("require")]
    public async Task Other_notifications_are_not_asked_about(string source)
    {
        var before = api.Vendor.Requests.Count;
        foreach (var kind in NotificationKinds.All.Where(static kind => kind != Push))
            (await api.Client.PostAsync(NotificationExamples.Of(kind), $"/webhooks/{source}/{kind.Path}")).Expect(200);

        api.Vendor.Requests.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Without_the_setting_the_vendor_is_not_asked()
    {
        var before = api.Vendor.Requests.Count;
        var id = Report.NewId();

        (await Send("off", id)).Expect(200);
        (await Send("off", id, path: string.Empty)).Expect(200).Header("X-Effect").ShouldBe("duplicate");

        api.Vendor.Requests.Count.ShouldBe(before);
        (await ValuesOf(id)).ShouldBe("""{"count":1,"values":{}}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/custom-node")]
    public async Task What_the_vendor_confirms_is_taken_and_says_so(string path)
    {
        var id = Report.NewId();
        api.Vendor.IsGenuine = static _ => true;

        var reply = (await Send("require", id, path)).Expect(200);

        var asked = api.Vendor.Requests[^1];
        asked.Path.ShouldBe(VendorServer.Verify);
        var (push, callee) = (NotificationJson(id), NotificationJson(id)["callee"]!);
        ShouldBe("workflow_id", push["workflow_id"]);
        ShouldBe("node_id", push["node_id"]);
        ShouldBe("callee", callee["callee_number"]);
        ShouldBe("case_id", callee["case_id"]);
        (await ValuesOf(id)).ShouldBe("""{"count":1,"values":{"genuine":1}}""");
        var facts = (await api.Client.GetAsync($"{ApiClient.Of(id)}/facts?value=genuine")).Expect(200).Json;
        facts.Items("items").ShouldHaveSingleItem().Word("receipt_id").ShouldBe(reply.Header("X-Receipt-Id"));

        void ShouldBe(string name, JsonNode? value) => ((string?)asked.Json[name]).ShouldBe((string?)value, name);
    }

    [Theory]
    [InlineData("""{"code":404,"message":"no such push"}""")]
    [InlineData("<html>200</html>")]
    [InlineData("""{"code":0}""")]
    public async Task What_the_vendor_does_not_confirm_is_refused_or_recorded(string answer)
    {
        var id = Report.NewId();
        api.Vendor.Misbehave(VendorServer.Verify, VendorServer.With(200, answer), VendorServer.With(200, answer));

        var problem = (await Send("require", id)).ExpectProblem(403);

        problem.Word("detail").ShouldNotBeNull().ShouldContain("The vendor does not confirm that it pushed this");
        var row = await api.Database.FindRejectedAsync(problem.GetProperty("rejection_id").GetGuid());
        (row.ShouldNotBeNull().StatusCode, row.Source, row.Kind).ShouldBe((403, "require", "custom_node"));
        row.Body.ShouldBe(Body(id));
        (await api.Client.GetAsync(ApiClient.Of(id))).ExpectProblem(404);

        (await Send("record", id)).Expect(200).Header("X-Effect").ShouldBe("recorded");
        (await ValuesOf(id)).ShouldBe("""{"count":1,"values":{"not_verified":1}}""");
    }

    [Fact]
    public async Task While_the_vendor_cannot_be_asked_pushes_are_to_be_sent_again_or_recorded_as_such()
    {
        var id = Report.NewId();
        api.Vendor.Misbehave(VendorServer.Verify, VendorServer.Silence, VendorServer.Silence);
        var reply = await Send("require", id);
        reply.ExpectProblem(503).Word("detail").ShouldNotBeNull().ShouldContain("could not be asked");
        reply.Header("Retry-After").ShouldBe("1");
        (await api.Client.GetAsync(ApiClient.Of(id))).ExpectProblem(404);

        api.Vendor.Misbehave(VendorServer.Verify, VendorServer.With(500), VendorServer.WithCode(500));
        (await Send("record", id)).Expect(200).Header("X-Effect").ShouldBe("recorded");
        (await ValuesOf(id)).ShouldBe("""{"count":1,"values":{"unreachable":1}}""");

        // A repeat is no further fact, whatever the vendor says this time; its receipt says it.
        (await Send("require", id)).Expect(200).Header("X-Effect").ShouldBe("duplicate");
        (await ValuesOf(id)).ShouldBe("""{"count":1,"values":{"unreachable":1}}""");
        var facts = (await api.Client.GetAsync($"{ApiClient.Of(id)}/facts")).Expect(200).Json.Items("items");
        facts.Select(static fact => fact.Word("value")).ShouldBe(["genuine", "unreachable"]);
    }

    [Fact]
    public async Task No_token_no_secret_and_no_number_is_logged_and_answers_are_counted()
    {
        (string?, string?)[] answers = [("genuine", "200"), ("not_verified", "404"), ("unreachable", "500")];
        foreach (var (_, code) in answers)
        {
            var answer = VendorServer.WithCode(int.Parse(code!));
            api.Vendor.Misbehave(VendorServer.Verify, Enumerable.Repeat(answer, code == "500" ? 2 : 1));
            (await Send("record", Report.NewId())).Expect(200);
        }

        api.Vendor.ForgetTokens();
        (await Send("record", Report.NewId())).Expect(200);

        var text = (await api.Client.GetAsync("/metrics")).Expect(200).Text;
        foreach (var (result, _) in answers)
            text.ShouldMatch($"workflow_push_verifications_total\\{{[^}}]*result=\"{result}\"[^}}]*\\}} [1-9]");

        var output = await Until.Async(
            "the log of what was not confirmed",
            () => Task.FromResult(api.Process.Output.ToString()),
            static text => text.Contains("is Unreachable (source record, which has VerifyPushes=Record)")
        );
        output.ShouldContain("The vendor gave a token");
        output.ShouldContain("/service/cloud/workflow/apinoticeinfo");
        var number = ((string?)NotificationJson("x")["callee"]!["callee_number"])!.TrimStart('+');
        string[] secrets = [VendorServer.TokenMark, VendorServer.AppKey, VendorServer.AppSecret, number];
        foreach (var secret in secrets)
            output.ShouldNotContain(secret, Case.Insensitive);
    }

    private static byte[] Body(string workflowId) =>
        NotificationExamples.With(Push, body => body["workflow_id"] = workflowId);

    private static JsonNode NotificationJson(string workflowId) => JsonNode.Parse(Body(workflowId))!;

    private Task<Reply> Send(string source, string workflowId, string path = "/custom-node") =>
        api.Client.PostAsync(Body(workflowId), $"/webhooks/{source}{path}");

    private async Task<string> ValuesOf(string workflowId) =>
        (await api.Client.GetAsync(ApiClient.Of(workflowId)))
            .Expect(200)
            .Json.GetProperty("facts")
            .GetProperty("custom_node")
            .GetRawText();
}

public sealed class PushesOnSqliteTests(SqliteApiWithVendor api) : PushSuite(api), IClassFixture<SqliteApiWithVendor>;

public sealed class PushesOnPostgresTests(PostgresApiWithVendor api)
    : PushSuite(api),
        IClassFixture<PostgresApiWithVendor>;
