using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>The product with sources that sign, on one of the databases, logging everything.</summary>
public abstract class SigningApi : IAsyncLifetime
{
    public const string OldSecret = "the-old-secret-that-signs-0123456789";
    public const string NewSecret = "the-new-secret-that-signs-ü-0123456789";
    public const string Credential = "the-credential-of-the-source-0123";

    private ApiProcess? _api;
    private ITestDatabase? _database;

    public ApiProcess Process => _api.ShouldNotBeNull();

    public ITestDatabase Database => _database.ShouldNotBeNull();

    public async ValueTask InitializeAsync()
    {
        _database = await CreateDatabaseAsync();
        _api = await ApiProcess.StartAsync(
            _database,
            $"--Sources:hex:Secrets:0={Credential}",
            "--Sources:hex:Signature:Algorithm=HmacSha256",
            $"--Sources:hex:Signature:Secrets:0={OldSecret}",
            $"--Sources:hex:Signature:Secrets:1={NewSecret}",
            "--Sources:base64:AllowAnonymous=true",
            "--Sources:base64:Signature:Algorithm=HmacSha512",
            "--Sources:base64:Signature:Encoding=Base64",
            $"--Sources:base64:Signature:Secrets:0={OldSecret}",
            "--Sources:sha1:AllowAnonymous=true",
            "--Sources:sha1:Signature:Algorithm=HmacSha1",
            $"--Sources:sha1:Signature:Secrets:0={OldSecret}",
            "--Logging:LogLevel:Default=Trace",
            "--Logging:LogLevel:Microsoft.AspNetCore=Trace"
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();

        (_database as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<ITestDatabase> CreateDatabaseAsync();
}

/// <summary>Sources that sign, on SQLite.</summary>
public sealed class SigningApiOnSqlite : SigningApi
{
    protected override Task<ITestDatabase> CreateDatabaseAsync() => Task.FromResult<ITestDatabase>(new SqliteFile());
}

/// <summary>Sources that sign, on PostgreSQL.</summary>
public sealed class SigningApiOnPostgres(SharedPostgres postgres) : SigningApi
{
    protected override async Task<ITestDatabase> CreateDatabaseAsync() => await postgres.CreateDatabaseAsync("signing");
}

/// <summary>The header X-AIRudder-Sign of sources whose algorithm is configured.</summary>
public abstract class SignatureSuite(SigningApi api)
{
    private const string Header = "X-AIRudder-Sign";

    private static readonly Encoding Utf8 = Encoding.UTF8;

    [Theory]
    [InlineData(SigningApi.OldSecret)]
    [InlineData(SigningApi.NewSecret)]
    public async Task What_is_signed_with_either_secret_is_taken(string secret)
    {
        var body = Body();
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Utf8.GetBytes(secret), body));

        (await Send("hex", body, signature)).Expect(200);
        (await Send("hex", body, signature.ToUpperInvariant())).Expect(200);
        (await Send("hex", [.. body, (byte)' '], signature)).ExpectProblem(401);
    }

    [Fact]
    public async Task Each_algorithm_and_encoding_is_taken_for_itself_only()
    {
        var body = Body();
        var key = Utf8.GetBytes(SigningApi.OldSecret);
        var sha512 = Convert.ToBase64String(HMACSHA512.HashData(key, body));
        var sha256 = Convert.ToHexString(HMACSHA256.HashData(key, body));
#pragma warning disable CA5350 // What a sender may use.
        var sha1 = Convert.ToHexString(HMACSHA1.HashData(key, body));
#pragma warning restore CA5350

        foreach (var (source, right) in ((string, string)[])[("base64", sha512), ("hex", sha256), ("sha1", sha1)])
        {
            foreach (var signature in (string[])[sha512, sha256, sha1])
                (await Send(source, body, signature)).Expect(signature == right ? 200 : 401);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("mark-of-a-signature")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("zz00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("AAAA====AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    public async Task What_is_signed_wrongly_is_refused_and_its_body_is_kept(string signature)
    {
        var body = Body();

        var problem = (await Send("hex", body, signature)).ExpectProblem(401);

        problem.Word("detail").ShouldNotBeNull().ShouldContain($"{Header} is not the signature of the body");
        var row = (await Row(problem.GetProperty("rejection_id").GetGuid())).ShouldNotBeNull();
        (row.Source, row.StatusCode, row.Kind).ShouldBe(("hex", 401, "chatbot_session"));
        row.Body.ShouldBe(body);
        (await Send("base64", body, signature)).ExpectProblem(401);
    }

    [Fact]
    public async Task What_is_not_signed_is_refused_whatever_else_is_wrong_with_it()
    {
        var problem = (await Send("hex", Body(), null)).ExpectProblem(401);

        problem.Word("detail").ShouldNotBeNull().ShouldContain($"send the header {Header}");
        (await Send("hex", Utf8.GetBytes("mark-no-json"), null)).ExpectProblem(401);
        (await Send("hex", Body(), null, "text/plain")).ExpectProblem(401);
    }

    [Fact]
    public async Task A_signature_that_comes_twice_is_refused()
    {
        var body = Body();
        var signature = Convert.ToHexString(HMACSHA256.HashData(Utf8.GetBytes(SigningApi.OldSecret), body));

        var reply = await api.Process.Client.PostAsync(
            body,
            $"/webhooks/hex/{SigningApi.Credential}/chatbot-session",
            headers: [(Header, signature), (Header, signature)]
        );

        reply.ExpectProblem(401);
    }

    [Fact]
    public async Task Where_nothing_else_proves_the_source_a_wrong_signature_is_a_strangers()
    {
        var problem = (await Send("base64", Body(), "mark-of-a-signature")).ExpectProblem(401);

        var row = (await Row(problem.GetProperty("rejection_id").GetGuid())).ShouldNotBeNull();
        (row.Source, row.StatusCode).ShouldBe((null, 401));
        row.Body.ShouldBeNull();
    }

    [Fact]
    public async Task A_right_signature_is_no_credential()
    {
        var body = Body();
        var signature = Convert.ToHexString(HMACSHA256.HashData(Utf8.GetBytes(SigningApi.OldSecret), body));

        var reply = await api.Process.Client.PostAsync(
            body,
            "/webhooks/hex/chatbot-session",
            headers: (Header, signature)
        );

        reply.ExpectProblem(401).Word("detail").ShouldNotBeNull().ShouldContain("Send a credential");
    }

    [Fact]
    public async Task The_bytes_are_signed_as_they_are_sent()
    {
        var body = Body();
        using var packed = new MemoryStream();
        await using (
            var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress)
        )
            await gzip.WriteAsync(body, TestContext.Current.CancellationToken);

        var key = Utf8.GetBytes(SigningApi.OldSecret);
        (await SendPacked(HMACSHA256.HashData(key, packed.ToArray()))).Expect(200);
        var problem = (await SendPacked(HMACSHA256.HashData(key, body))).ExpectProblem(401);
        var row = (await Row(problem.GetProperty("rejection_id").GetGuid())).ShouldNotBeNull();
        row.Body.ShouldBe(body, "it can be sent again");

        Task<Reply> SendPacked(byte[] signature) =>
            api.Process.Client.PostEncodedAsync(
                packed.ToArray(),
                "gzip",
                $"/webhooks/hex/{SigningApi.Credential}/chatbot-session",
                headers: (Header, Convert.ToHexString(signature))
            );
    }

    [Fact]
    public async Task No_signature_and_no_secret_is_logged_or_shown()
    {
        var body = Body();
        var right = Convert.ToHexString(HMACSHA256.HashData(Utf8.GetBytes(SigningApi.OldSecret), body));
        (await Send("hex", body, right)).Expect(200);
        foreach (var source in (string[])["hex", "base64", "nobody"])
            (await Send(source, body, "mark-of-a-signature")).ExpectProblem(401);

        var sources = (await api.Process.Client.GetAsync("/admin/sources")).Expect(200).Text;
        var output = await Until.Async(
            "the log of the refusals",
            () => Task.FromResult(api.Process.Output.ToString()),
            static text => text.Contains("WrongSignature (source base64)")
        );
        output.ShouldContain("WrongSignature (source hex)");
        foreach (var secret in (string[])["mark-", right, SigningApi.OldSecret, SigningApi.NewSecret])
        {
            output.ShouldNotContain(secret, Case.Insensitive);
            sources.ShouldNotContain(secret, Case.Insensitive);
        }
    }

    private static byte[] Body() =>
        NotificationExamples.With(NotificationKinds.OfPath("chatbot-session")!, static body =>
            body["workflow_id"] = Report.NewId()
        );

    private Task<RejectedRow?> Row(Guid id) => api.Database.FindRejectedAsync(id);

    private Task<Reply> Send(
        string source,
        byte[] body,
        string? signature,
        string contentType = MediaTypeNames.Application.Json
    )
    {
        var secret = source == "hex" ? $"/{SigningApi.Credential}" : string.Empty;
        return api.Process.Client.PostAsync(
            body,
            $"/webhooks/{source}{secret}/chatbot-session",
            contentType,
            signature is null ? [] : [(Header, signature)]
        );
    }
}

public sealed class SignaturesOnSqliteTests(SigningApiOnSqlite api)
    : SignatureSuite(api),
        IClassFixture<SigningApiOnSqlite>;

public sealed class SignaturesOnPostgresTests(SigningApiOnPostgres api)
    : SignatureSuite(api),
        IClassFixture<SigningApiOnPostgres>;
