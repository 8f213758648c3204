using Microsoft.Extensions.Time.Testing;
using Orleans.Workflow.Testing.Vendors;

namespace Orleans.Workflow.Vendor.Tests;

/// <summary>The token that all calls share.</summary>
public sealed class TokenTests
{
    private const int Many = 100;

    [Fact]
    public async Task A_hundred_calls_at_once_share_one_request_for_a_token_at_first_and_after_its_end()
    {
        var time = new FakeTimeProvider();
        await using var api = await ClientFixture.StartAsync(time);
        api.Server.TokenDelay = TimeSpan.FromMilliseconds(300);

        await ManyCalls(api);
        Tokens(api).ShouldBe(1);

        time.Advance(TimeSpan.FromHours(25));
        await ManyCalls(api);
        Tokens(api).ShouldBe(2);
        api.Server.Count(VendorServer.Verify).ShouldBe(2 * Many, "no call was made with the token that had ended");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hundred_calls_whose_token_is_refused_share_one_request_for_another(bool byCode)
    {
        await using var api = await ClientFixture.StartAsync();
        api.Server.RefusesByCode = byCode;
        api.Server.TokenDelay = TimeSpan.FromMilliseconds(300);
        await api.Verify();
        api.Server.ForgetTokens();

        await ManyCalls(api);

        Tokens(api).ShouldBe(2);
        api.Server.Count(VendorServer.Verify).ShouldBeInRange(1 + Many, 1 + (2 * Many));
    }

    [Fact]
    public async Task What_may_not_be_repeated_is_made_again_after_a_refused_token_as_it_was_not_made()
    {
        await using var api = await ClientFixture.StartAsync();
        await api.Verify();
        api.Server.ForgetTokens();

        await api.Client.CreateWorkflow(Samples.Workflow, TestContext.Current.CancellationToken);

        api.Server.Count(VendorServer.Create).ShouldBe(2);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(1)]
    public async Task A_token_is_renewed_before_its_end_while_calls_go_on_with_it(int hours)
    {
        var time = new FakeTimeProvider();
        await using var api = await ClientFixture.StartAsync(time, lifetime: TimeSpan.FromHours(hours));
        await api.Verify();
        time.Advance(TimeSpan.FromHours(hours * 0.89));
        await api.Verify();
        Tokens(api).ShouldBe(1);

        time.Advance(TimeSpan.FromHours(hours * 0.02));
        var gate = new TaskCompletionSource();
        api.Server.Misbehave(VendorServer.Auth, async context =>
        {
            await gate.Task;
            await VendorServer.With(200, """{"data":{"token":"renewed"},"status":"OK","code":200}""")(context);
        });
        await ManyCalls(api);

        api.Server.Requests.Last(static request => request.Path == VendorServer.Verify)
            .Authorization.ShouldBe($"Token {VendorServer.TokenMark}1", "nothing waits for it");
        gate.SetResult();
        await Until(() => api.Logged.All.Split("gave a token").Length == 3);
        Tokens(api).ShouldBe(2);
        await api.Verify();
        api.Server.Requests.ShouldContain(static request => request.Authorization == "Token renewed");
    }

    [Fact]
    public async Task While_a_token_is_good_a_failed_renewal_stops_nothing_and_is_not_made_again_at_once()
    {
        var time = new FakeTimeProvider();
        await using var api = await ClientFixture.StartAsync(time);
        await api.Verify();
        time.Advance(TimeSpan.FromHours(23));
        api.Server.Misbehave(VendorServer.Auth, VendorServer.WithCode(403));

        (await api.Verify()).ShouldBeTrue();
        await Until(() => api.Logged.All.Contains("gave no token: Refused (HTTP 200, code 403)"));
        await ManyCalls(api);
        Tokens(api).ShouldBe(2);

        time.Advance(TimeSpan.FromSeconds(31));
        (await api.Verify()).ShouldBeTrue();
        await Until(() => Tokens(api) == 3);
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_and_not_tried_again_at_once()
    {
        var time = new FakeTimeProvider();
        await using var api = await ClientFixture.StartAsync(time, secret: "another-secret-0123456789");

        for (var i = 0; i < 5; i++)
        {
            var failed = await ClientFixture.FailureOf(api.Verify);
            (failed.Failure, failed.HttpStatus, failed.Code).ShouldBe((VendorFailure.Unauthorized, 200, 401));
        }

        Tokens(api).ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(31));
        await ClientFixture.FailureOf(api.Verify);
        Tokens(api).ShouldBe(2);
        api.Server.Count(VendorServer.Verify).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"code":200,"status":"OK"}""")]
    [InlineData("""{"code":200,"data":{}}""")]
    [InlineData("""{"code":200,"data":{"token":""}}""")]
    [InlineData("""{"code":200,"data":{"token":{}}}""")]
    [InlineData("""{"code":200,"data":{"token":"a\r\nHost: b"}}""")]
    [InlineData("""{"code":200,"data":{"token":"a b"}}""")]
    [InlineData("""{"code":200,"data":["token"]}""")]
    [InlineData("""{"code":200,"message":"\ud800","data":{"token":"\ud800"}}""")]
    [InlineData("<html>")]
    public async Task An_answer_without_a_token_is_unreadable(string answer)
    {
        await using var api = await ClientFixture.StartAsync();
        api.Server.Misbehave(VendorServer.Auth, VendorServer.With(200, answer));

        (await ClientFixture.FailureOf(api.Verify)).Failure.ShouldBe(VendorFailure.Unreadable);
    }

    [Fact]
    public async Task A_request_for_a_token_is_made_again_while_the_vendor_is_not_available()
    {
        await using var api = await ClientFixture.StartAsync();
        api.Server.Misbehave(VendorServer.Auth, VendorServer.WithCode(500), VendorServer.Cut);

        (await api.Verify()).ShouldBeTrue();

        Tokens(api).ShouldBe(3);
    }

    [Fact]
    public async Task A_token_that_is_new_and_refused_fails_the_call()
    {
        await using var api = await ClientFixture.StartAsync();
        api.Server.Scheme = "Other";

        var failed = await ClientFixture.FailureOf(api.Verify);

        (failed.Failure, failed.HttpStatus).ShouldBe((VendorFailure.Unauthorized, 401));
        (Tokens(api), api.Server.Count(VendorServer.Verify)).ShouldBe((2, 2));
        (await ClientFixture.FailureOf(api.Verify)).Failure.ShouldBe(VendorFailure.Unauthorized);
        Tokens(api).ShouldBe(2, "another one would be refused too");
    }

    [Fact]
    public async Task A_call_that_is_cancelled_leaves_the_request_for_a_token_to_the_others()
    {
        await using var api = await ClientFixture.StartAsync();
        api.Server.TokenDelay = TimeSpan.FromSeconds(1);
        using var cancelled = new CancellationTokenSource();

        var first = api.Client.VerifyPush(ClientFixture.Push, cancelled.Token);
        await Until(() => Tokens(api) == 1);
        var second = api.Verify();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => first);
        (await second).ShouldBeTrue();
        Tokens(api).ShouldBe(1);
    }

    private static int Tokens(ClientFixture api) => api.Server.Count(VendorServer.Auth);

    private static async Task ManyCalls(ClientFixture api) =>
        (await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Task.Run(api.Verify)))).ShouldAllBe(static one =>
            one
        );

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 200 && !condition(); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);

        condition().ShouldBeTrue();
    }
}
