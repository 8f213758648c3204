using Microsoft.AspNetCore.Http;
using Orleans.Workflow.Testing.Vendors;

namespace Orleans.Workflow.Vendor.Tests;

/// <summary>A vendor that misbehaves.</summary>
public sealed class FailureTests
{
    /// <summary>What is no answer that the vendor documents.</summary>
    private static readonly Dictionary<string, Func<HttpContext, Task>> Garbage = new()
    {
        ["HTML"] = VendorServer.With(200, "<html>200</html>", "text/html"),
        ["nothing"] = VendorServer.With(200),
        ["no content"] = VendorServer.With(204),
        ["half of it"] = VendorServer.With(200, "{\"code\":200"),
        ["an array"] = VendorServer.With(200, "[200]"),
        ["a number"] = VendorServer.With(200, "200"),
        ["no code"] = VendorServer.With(200, """{"status":"OK"}"""),
        ["a code that is text"] = VendorServer.With(200, """{"code":"200"}"""),
        ["a code that is no integer"] = VendorServer.With(200, """{"code":200.5}"""),
        ["a code that is null"] = VendorServer.With(200, """{"code":null}"""),
        ["two codes"] = VendorServer.With(200, """{"code":404,"code":200}"""),
        ["too much"] = VendorServer.With(200, $$"""{"code":200,"x":"{{new string('x', 17 * 1024 * 1024)}}"}"""),
    };

    /// <summary>What is refused.</summary>
    private static readonly Dictionary<string, (Func<HttpContext, Task> Answer, int Status, int? Code)> Refusals = new()
    {
        ["code 404"] = (VendorServer.WithCode(404), 200, 404),
        ["code 403"] = (VendorServer.WithCode(403), 200, 403),
        ["code 0, which is success elsewhere"] = (VendorServer.WithCode(0), 200, 0),
        ["code 201"] = (VendorServer.WithCode(201), 200, 201),
        ["code -1"] = (VendorServer.WithCode(-1), 200, -1),
        ["HTTP 400 with code 200"] = (VendorServer.With(400, """{"code":200}"""), 400, 200),
        ["HTTP 404"] = (VendorServer.With(404, "<html>"), 404, null),
        ["a redirect"] = (
            static context =>
            {
                context.Response.Redirect(VendorServer.Verify, permanent: false, preserveMethod: true);
                return Task.CompletedTask;
            },
            307,
            null
        ),
    };

    public static TheoryData<string> GarbageNames => [.. Garbage.Keys];

    public static TheoryData<string> RefusalNames => [.. Refusals.Keys];

    [Theory]
    [MemberData(nameof(GarbageNames))]
    public async Task What_the_vendor_does_not_document_is_unreadable_and_verifies_nothing(string name)
    {
        await using var api = await ClientFixture.StartAsync();
        api.Server.Misbehave(VendorServer.Verify, Garbage[name]);
        api.Server.Misbehave(VendorServer.Create, Garbage[name]);

        (await api.Verify()).ShouldBeFalse();
        var failed = await ClientFixture.FailureOf(() => api.Client.CreateWorkflow(Samples.Workflow, Token));

        failed.Failure.ShouldBe(VendorFailure.Unreadable);
        api.Server.Count(VendorServer.Verify).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(RefusalNames))]
    public async Task What_is_refused_says_with_which_code_and_verifies_nothing(string name)
    {
        await using var api = await ClientFixture.StartAsync();
        var (answer, status, code) = Refusals[name];
        api.Server.Misbehave(VendorServer.Verify, answer);
        api.Server.Misbehave(VendorServer.Find, answer);

        (await api.Verify()).ShouldBeFalse();
        var failed = await ClientFixture.FailureOf(() => api.Client.FindWorkflows(Samples.Query, Token));

        (failed.Failure, failed.HttpStatus, failed.Code).ShouldBe((VendorFailure.Refused, status, code));
        failed.Message.ShouldStartWith($"{VendorServer.Find}: the vendor refuses the request (HTTP {status}");
        if (code is not (null or 200))
            failed.VendorMessage.ShouldBe($"the vendor says {code}");

        (api.Server.Count(VendorServer.Verify), api.Server.Count(VendorServer.Find)).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_vendor_that_stays_unavailable_is_left_alone_for_a_while()
    {
        await using var api = await ClientFixture.StartAsync();
        await api.FirstVerify();
        api.Server.Misbehave(VendorServer.Verify, Enumerable.Repeat(VendorServer.With(503), 8));
        for (var i = 0; i < 4; i++)
            await ClientFixture.FailureOf(api.Verify);

        var asked = api.Server.Count(VendorServer.Verify);

        (await ClientFixture.FailureOf(api.Verify)).Failure.ShouldBe(VendorFailure.Unavailable);

        api.Server.Count(VendorServer.Verify).ShouldBe(asked);
        api.Logged.All.ShouldContain("It is asked again in 5 s.");
        await Task.Delay(TimeSpan.FromSeconds(5.5), TimeProvider.System, Token);
        (await api.Verify()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_vendor_that_is_not_there_is_unavailable()
    {
        await using var api = await ClientFixture.StartAsync();
        await api.Server.DisposeAsync();

        (await ClientFixture.FailureOf(api.Verify)).Failure.ShouldBe(VendorFailure.Unavailable);
    }

    [Fact]
    public async Task A_call_that_the_caller_cancels_is_cancelled()
    {
        await using var api = await ClientFixture.StartAsync();
        api.Server.Misbehave(VendorServer.Verify, VendorServer.Silence);
        using var cancelled = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);

        await Should.ThrowAsync<OperationCanceledException>(() =>
            api.Client.VerifyPush(ClientFixture.Push, cancelled.Token)
        );
    }

    [Fact]
    public async Task No_token_no_secret_and_no_callee_is_logged_or_in_an_exception()
    {
        await using var api = await ClientFixture.StartAsync(timeout: TimeSpan.FromMilliseconds(300));
        var failures = new List<string>();
        IEnumerable<Func<HttpContext, Task>> all =
        [
            .. Unavailability.Kinds.Values,
            .. Garbage.Values,
            .. Refusals.Values.Select(static refusal => refusal.Answer),
            static context =>
                VendorServer.With(400, $$"""{"code":400,"message":"{{ClientFixture.Push.Callee}}"}""")(context),
            VendorServer.With(401),
        ];
        foreach (var answer in all)
        {
            foreach (var path in (string[])[VendorServer.Create, VendorServer.Upload, VendorServer.Sms])
                api.Server.Misbehave(path, answer);

            api.Server.Misbehave(VendorServer.Verify, answer, answer, answer);
            await Note(() => api.Client.CreateWorkflow(Samples.Workflow, Token));
            await Note(() => api.Client.UploadDetails(Samples.Details, Token));
            await Note(() => api.Client.SendSms(Samples.Sms, Token));
            await Note(api.Verify);
            api.Server.ForgetTokens();
            api.Server.Misbehave(VendorServer.Auth, answer);
        }

        failures.Count.ShouldBeGreaterThan(60);
        api.Logged.All.ShouldContain("gave a token");
        api.Logged.All.ShouldContain("gave no token");
        api.Logged.All.ShouldContain(VendorServer.Verify);
        string[] secrets = [VendorServer.TokenMark, VendorServer.AppSecret, VendorServer.AppKey, "5550100001"];
        foreach (var secret in secrets)
        {
            api.Logged.All.ShouldNotContain(secret, Case.Insensitive);
            string.Join('\n', failures).ShouldNotContain(secret, Case.Insensitive);
        }

        async Task Note(Func<Task> call)
        {
            try
            {
                await call();
            }
            catch (VendorException exception)
            {
                failures.Add(exception.ToString());
            }
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
