using System.Net;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>
/// Each kind of credential of a sender: right, wrong, missing, rotated, from an address that is not allowed.
/// </summary>
[Collection(OnGuarded.Name)]
public sealed class SourceCredentialTests(GuardedApi api)
{
    private const string Guarded = "/webhooks/guarded/workflow-status";
    private const string Far = "/webhooks/far/workflow-status";

    [Theory]
    [InlineData("path", 0, GuardedApi.OldSecret)]
    [InlineData("path", 1, GuardedApi.NewSecret)]
    [InlineData("basic", 0, GuardedApi.OldSecret)]
    [InlineData("basic", 1, GuardedApi.NewSecret)]
    [InlineData("bearer", 0, GuardedApi.OldSecret)]
    [InlineData("bearer", 1, GuardedApi.NewSecret)]
    public async Task Either_secret_is_good_in_every_way_and_its_use_is_counted(string kind, int index, string secret)
    {
        var before = await CredentialUses.OfSource(api, "guarded");

        (await Send("guarded", kind, secret)).Expect(200);

        var after = await CredentialUses.OfSource(api, "guarded");
        after.Since(before).ShouldBe([($"Secrets:{index} {kind}", 1)]);
        after.LastUsed.ShouldContain($"Secrets:{index} {kind}");
        after.Refused.ShouldBe(before.Refused);
    }

    [Theory]
    [InlineData("path")]
    [InlineData("basic")]
    [InlineData("bearer")]
    public async Task A_wrong_secret_is_refused_in_every_way(string kind)
    {
        var before = await CredentialUses.OfSource(api, "guarded");
        string[] wrong =
        [
            GuardedApi.OldSecret + "x",
            GuardedApi.OldSecret[..^1],
            GuardedApi.OldSecret.ToUpperInvariant(),
            GuardedApi.FarSecret,
            GuardedApi.AdminKey,
            new('x', 300),
            "x",
        ];

        foreach (var secret in wrong)
            ShouldBeRefused(await Send("guarded", kind, secret));

        var after = await CredentialUses.OfSource(api, "guarded");
        after.Since(before).ShouldBeEmpty();
        after.Refused.ShouldBe(before.Refused + wrong.Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!")]
    [InlineData("Basic b2xkLXNlbmRlci1zZWNyZXQtMDEyMzQ1Njc4OQ==")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData($"Token {GuardedApi.OldSecret}")]
    [InlineData(GuardedApi.OldSecret)]
    public async Task Without_a_secret_nobody_is_let_in(string? authorization) =>
        ShouldBeRefused(await api.SendAsync(Guarded, authorization is null ? [] : [("Authorization", authorization)]));

    [Fact]
    public async Task The_user_name_of_Basic_does_not_matter()
    {
        (await api.SendAsync(Guarded, GuardedApi.Basic(GuardedApi.OldSecret, "guarded"))).Expect(200);
        (await api.SendAsync(Guarded, GuardedApi.Basic(GuardedApi.OldSecret, ""))).Expect(200);
    }

    [Fact]
    public async Task A_secret_in_the_path_counts_alone()
    {
        var right = $"/webhooks/guarded/{GuardedApi.OldSecret}/workflow-status";

        (await api.SendAsync(right, GuardedApi.Bearer("something that a proxy on the way adds"))).Expect(200);
        ShouldBeRefused(
            await api.SendAsync("/webhooks/guarded/wrong/workflow-status", GuardedApi.Bearer(GuardedApi.OldSecret))
        );
    }

    [Fact]
    public async Task An_allow_list_alone_is_a_credential()
    {
        var before = await CredentialUses.OfSource(api, "near");

        (await api.SendAsync("/webhooks/near/workflow-status")).Expect(200);

        (await CredentialUses.OfSource(api, "near")).Since(before).ShouldBe([("AllowedAddresses address", 1)]);
        ShouldBeRefused(await api.SendAsync("/webhooks/outside/workflow-status"));
    }

    [Fact]
    public async Task Beside_secrets_an_allow_list_is_a_further_condition()
    {
        var (inside, outside) = (("X-Forwarded-For", "192.0.2.200"), ("X-Forwarded-For", "198.51.100.1"));

        ShouldBeRefused(await api.SendAsync(Far, GuardedApi.Bearer(GuardedApi.FarSecret)));
        ShouldBeRefused(await api.SendAsync(Far, GuardedApi.Bearer(GuardedApi.FarSecret), outside));
        ShouldBeRefused(await api.SendAsync(Far, inside));
        ShouldBeRefused(await api.SendAsync(Far, GuardedApi.Bearer(GuardedApi.OldSecret), inside));
        (await api.SendAsync(Far, GuardedApi.Bearer(GuardedApi.FarSecret), inside)).Expect(200);
        (await api.SendAsync(Far, GuardedApi.Bearer(GuardedApi.FarSecret), ("X-Forwarded-For", "2001:db8::17"))).Expect(
            200
        );
    }

    [Fact]
    public async Task Only_the_word_of_a_trusted_proxy_is_taken_for_an_address()
    {
        const string Outside = "/webhooks/outside/workflow-status";
        using var stranger = new ApiClient(api.Process.Root, IPAddress.Parse("127.0.0.2"));
        (string, string)[] claim = [("X-Forwarded-For", "192.0.2.7")];

        (await api.SendAsync(Outside, claim)).Expect(200);
        ShouldBeRefused(await stranger.PostAsync(RawBody.Bytes(RawBody.Of(Report.NewId())), Outside, headers: claim));

        // What stands before the address that the proxy saw is the sender's own word.
        ShouldBeRefused(await api.SendAsync(Outside, ("X-Forwarded-For", "192.0.2.7, 198.51.100.1")));
        (await api.SendAsync(Outside, ("X-Forwarded-For", "198.51.100.1, 192.0.2.7"))).Expect(200);
    }

    private Task<Reply> Send(string source, string kind, string secret) =>
        kind switch
        {
            "path" => api.SendAsync($"/webhooks/{source}/{Uri.EscapeDataString(secret)}/workflow-status"),
            "basic" => api.SendAsync($"/webhooks/{source}/workflow-status", GuardedApi.Basic(secret, source)),
            _ => api.SendAsync($"/webhooks/{source}/workflow-status", GuardedApi.Bearer(secret)),
        };

    private static void ShouldBeRefused(Reply reply) =>
        reply
            .ExpectProblem(401)
            .Word("detail")
            .ShouldNotBeNull()
            .ShouldStartWith("Send a credential that is valid for the source");
}
