using System.Security.Cryptography;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>The roles that may read, and those that may administer.</summary>
[Collection(OnGuarded.Name)]
public sealed class AccessTests(GuardedApi api)
{
    private const string Read = "/workflows";
    private const string Admin = "/admin/sources";

    [Fact]
    public async Task Every_route_that_is_described_needs_a_credential()
    {
        var paths = (await api.Client.GetAsync("/openapi/v1.json", GuardedApi.Key(GuardedApi.OldReadKey)))
            .Expect(200)
            .Json.GetProperty("paths")
            .EnumerateObject()
            .SelectMany(static path =>
                path.Value.EnumerateObject()
                    .Select(operation => (Method: operation.Name.ToUpperInvariant(), Path: path.Name))
            )
            .Where(static route => !route.Path.StartsWith("/webhooks/", StringComparison.Ordinal))
            .ToList();

        paths.Count.ShouldBeGreaterThan(5);
        foreach (var (method, path) in paths)
        {
            // The unknown parameter is refused after the guard. Without it, a feed would never end and a refold would
            // begin.
            var target = $"{path.Replace('{', 'x').Replace('}', 'x')}?nothing=1";
            (await api.Client.SendAsync(method, target)).ExpectProblem(401);
            (await api.Client.SendAsync(method, target, GuardedApi.Key("a key that nobody has"))).ExpectProblem(401);
            var asReader = await api.Client.SendAsync(method, target, GuardedApi.Key(GuardedApi.OldReadKey));
            (asReader.Status == 403).ShouldBe(
                path.StartsWith("/admin/", StringComparison.Ordinal),
                $"{method} {path}: {asReader.Text}"
            );
            asReader.Status.ShouldNotBe(401, path);
            (await api.Client.SendAsync(method, target, GuardedApi.Key(GuardedApi.AdminKey))).Status.ShouldNotBeOneOf(
                401,
                403
            );
        }
    }

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/metrics")]
    [InlineData("/admin/dashboard/")]
    [InlineData("/admin/nothing")]
    [InlineData("/no/such/route")]
    public async Task What_is_not_described_is_guarded_too(string path) =>
        (await api.Client.GetAsync(path)).ExpectProblem(401);

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_needs_no_credential(string path) => (await api.Client.GetAsync(path)).Expect(200);

    [Theory]
    [InlineData(GuardedApi.OldReadKey, 0)]
    [InlineData(GuardedApi.NewReadKey, 1)]
    public async Task Either_secret_of_a_key_is_good_in_every_way_and_its_use_is_counted(string key, int index)
    {
        var before = await CredentialUses.OfKey(api, "reader");

        (await api.Client.GetAsync(Read, GuardedApi.Key(key))).Expect(200);
        (await api.Client.GetAsync(Read, GuardedApi.Bearer(key))).Expect(200);
        (await api.Client.GetAsync(Read, GuardedApi.Basic(key))).Expect(200);

        (await CredentialUses.OfKey(api, "reader"))
            .Since(before)
            .ShouldBe(
                [($"Secrets:{index} basic", 1), ($"Secrets:{index} bearer", 1), ($"Secrets:{index} header", 1)],
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task A_secret_of_a_sender_opens_nothing_to_a_reader() =>
        (await api.Client.GetAsync(Read, GuardedApi.Bearer(GuardedApi.OldSecret))).ExpectProblem(401);

    [Theory]
    [InlineData("Sec-Fetch-Mode", "navigate", "Basic")]
    [InlineData("Sec-Fetch-Mode", "cors", "Bearer")]
    [InlineData("Accept", "text/html,application/xhtml+xml,*/*;q=0.8", "Basic")]
    [InlineData("Accept", "application/json", "Bearer")]
    public async Task A_browser_is_asked_for_a_password_when_it_opens_a_page(string header, string value, string scheme)
    {
        var reply = await api.Client.GetAsync(Read, (header, value));

        reply.ExpectProblem(401);
        reply.Header("WWW-Authenticate").ShouldNotBeNull().ShouldStartWith($"{scheme} realm=");
    }

    [Fact]
    public async Task A_token_of_the_issuer_opens_what_its_roles_allow()
    {
        (await Status(Read, api.Issuer.Issue("read"))).ShouldBe(200);
        (await Status(Read, api.Issuer.Issue((string[])["other", "admin"]))).ShouldBe(200);
        (await Status(Admin, api.Issuer.Issue((string[])["read", "admin"]))).ShouldBe(200);
        (await Status(Admin, api.Issuer.Issue("read"))).ShouldBe(403);
        (await Status(Read, api.Issuer.Issue("read-personal"))).ShouldBe(200);
        (await Status(Admin, api.Issuer.Issue("read-personal"))).ShouldBe(403);
        (await Status(Read, api.Issuer.Issue("writer"))).ShouldBe(403);
        (await Status(Read, api.Issuer.Issue(null))).ShouldBe(403);
    }

    [Fact]
    public async Task Any_other_token_opens_nothing()
    {
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string[] tokens =
        [
            api.Issuer.Issue("admin", issuer: "https://another.test"),
            api.Issuer.Issue("admin", audience: "another"),
            api.Issuer.Issue("admin", validFor: TimeSpan.FromMinutes(-5)),
            api.Issuer.Issue("admin", key: otherKey),
            TokenIssuer.IssueUnsigned("admin"),
            api.Issuer.IssueConfused("admin"),
            "a.b.c",
            "..",
        ];

        foreach (var token in tokens)
            (await Status(Read, token)).ShouldBe(401, token);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 405)]
    [InlineData("Sec-Fetch-Site", "none", 405)]
    [InlineData("Origin", "https://evil.test", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Accept", "*/*", 405)]
    public async Task A_page_of_another_site_can_change_nothing(string header, string value, int status)
    {
        // The route has no such method: the answer 405 comes after the guard, so the request has passed it.
        (
            await api.Client.SendAsync("POST", Admin, GuardedApi.Basic(GuardedApi.AdminKey), (header, value))
        ).ExpectProblem(status);
        (await api.Client.SendAsync("GET", Admin, GuardedApi.Basic(GuardedApi.AdminKey), (header, value))).Expect(200);
    }

    [Fact]
    public async Task A_page_of_this_site_is_known_by_its_origin()
    {
        var origin = api.Process.Root.GetLeftPart(UriPartial.Authority);

        (
            await api.Client.SendAsync("POST", Admin, GuardedApi.Basic(GuardedApi.AdminKey), ("Origin", origin))
        ).ExpectProblem(405);
    }

    [Fact]
    public async Task Every_answer_tells_browsers_what_not_to_do()
    {
        var answers = new[]
        {
            await api.SendAsync("/webhooks/near/workflow-status"),
            await api.SendAsync("/webhooks/guarded/workflow-status"),
            await api.Client.PostAsync("x"u8.ToArray(), "/webhooks/near/workflow-status"),
            await api.Client.GetAsync("/health/ready"),
            await api.Client.GetAsync(Read),
            await api.Client.GetAsync(Read, GuardedApi.Key(GuardedApi.OldReadKey)),
            await api.Client.GetAsync("/workflows/unknown", GuardedApi.Key(GuardedApi.OldReadKey)),
            await api.Client.GetAsync("/no/such/route", GuardedApi.Key(GuardedApi.OldReadKey)),
        };

        answers.Select(static answer => answer.Status).ShouldBe([200, 401, 400, 200, 401, 200, 404, 404]);
        foreach (var answer in answers)
        {
            answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
            answer.Header("Content-Security-Policy").ShouldBe("default-src 'none'; frame-ancestors 'none'");
            answer.Header("Referrer-Policy").ShouldBe("no-referrer");
            answer.Header("Strict-Transport-Security").ShouldBeNull();
            answer.Header("Server").ShouldBeNull();
        }

        (await api.Client.GetAsync(Read, GuardedApi.Key(GuardedApi.OldReadKey)))
            .Header("Cache-Control")
            .ShouldBe("no-store");
        var behindTls = await api.Client.GetAsync(
            Read,
            GuardedApi.Key(GuardedApi.OldReadKey),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-For", "192.0.2.1")
        );
        behindTls.Header("Strict-Transport-Security").ShouldBe("max-age=31536000");
    }

    [Fact]
    public async Task The_dashboard_is_for_admins_and_has_a_policy_of_its_own()
    {
        (await api.Client.GetAsync("/admin/dashboard/", GuardedApi.Basic(GuardedApi.OldReadKey))).ExpectProblem(403);

        var page = (await api.Client.GetAsync("/admin/dashboard/", GuardedApi.Basic(GuardedApi.AdminKey))).Expect(200);

        page.Text.ShouldContain("<title>Orleans Dashboard</title>");
        page.Header("Content-Security-Policy").ShouldNotBeNull().ShouldContain("script-src 'self';");
        (await api.Client.GetAsync("/admin/dashboard/DashboardCounters", GuardedApi.Basic(GuardedApi.AdminKey)))
            .Expect(200)
            .Json.Items("hosts")
            .ShouldNotBeEmpty();
    }

    private async Task<int> Status(string path, string token) =>
        (await api.Client.GetAsync(path, GuardedApi.Bearer(token))).Status;
}
