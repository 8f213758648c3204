using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Feeds;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>What is known of persons is shown to the roles read-personal and admin.</summary>
[Collection(OnGuarded.Name)]
public sealed class PersonTests(GuardedApi api)
{
    private const string Number = "+62811000012";

    private static readonly (string, string) Reader = GuardedApi.Key(GuardedApi.OldReadKey);

    [Fact]
    public async Task A_reader_sees_the_last_digits_of_a_number_and_no_bodies_of_facts()
    {
        var (paths, receipt) = await Insert(Number);

        foreach (var path in paths)
        {
            var reply = (await api.Client.GetAsync(path, Reader)).Expect(200);
            reply.Json.Items("items").ShouldHaveSingleItem().Word("callee").ShouldBe("***12");
            reply.Text.ShouldNotContain(Number[1..], Case.Sensitive, path);
        }

        var ofReceipt = (await api.Client.GetAsync(receipt, Reader)).Expect(200);
        ofReceipt.Json.GetProperty("body").ValueKind.ShouldBe(JsonValueKind.Null);
        ofReceipt.Json.GetProperty("fact").Word("callee").ShouldBe("***12");
        ofReceipt.Text.ShouldNotContain(Number[1..]);
        var page = (await api.Client.GetAsync($"/console{receipt}", Reader)).Expect(200).Text;
        page.ShouldContain("***12");
        page.ShouldContain("<code>read-personal</code>");
        page.ShouldNotContain(Number[1..]);
    }

    [Theory]
    [InlineData(GuardedApi.PersonalKey, null)]
    [InlineData(GuardedApi.AdminKey, null)]
    [InlineData(null, "read-personal")]
    public async Task Who_may_see_persons_sees_numbers_and_bodies(string? key, string? roleOfToken)
    {
        var (paths, receipt) = await Insert(Number);
        var credential = key is null ? GuardedApi.Bearer(api.Issuer.Issue(roleOfToken)) : GuardedApi.Key(key);

        foreach (var path in paths)
            (await api.Client.GetAsync(path, credential))
                .Expect(200)
                .Json.Items("items")
                .ShouldHaveSingleItem()
                .Word("callee")
                .ShouldBe(Number, path);

        var ofReceipt = (await api.Client.GetAsync(receipt, credential)).Expect(200).Json;
        ofReceipt.GetProperty("body").Word("callee_number").ShouldBe(Number);
        ofReceipt.GetProperty("fact").Word("callee").ShouldBe(Number);
        var page = (await api.Client.GetAsync($"/console{receipt}", credential)).Expect(200).Text;
        Regex.Count(page, Regex.Escape(Number[1..])).ShouldBe(3, "beside the body, as a link to their facts");
    }

    [Theory]
    [InlineData(GuardedApi.OldReadKey, "***12")]
    [InlineData(GuardedApi.PersonalKey, Number)]
    [InlineData(GuardedApi.AdminKey, Number)]
    public async Task The_feed_shows_numbers_to_those_who_may_see_persons(string key, string shown)
    {
        var (paths, _) = await Insert(Number);
        var feed = paths[0].Replace("/facts", "/events?include=facts&last_event_id=0", StringComparison.Ordinal);

        // From the log, and while both kinds of reader follow, from what is read for all.
        (await ReadFact(key, feed)).ShouldContain($"\"callee\":{JsonSerializer.Serialize(shown)}");
        using var other = new FeedReader(GuardedApi.Key(GuardedApi.AdminKey));
        await using var beside = await OpenFeed.StartAsync(other, new Uri(api.Client.Root, feed), Cancellation);
        var fact = await ReadFact(key, feed);
        fact.ShouldContain($"\"callee\":{JsonSerializer.Serialize(shown)}");
        fact.Contains(Number[1..], StringComparison.Ordinal).ShouldBe(shown == Number);
    }

    [Theory]
    [InlineData("12", "***")]
    [InlineData("123", "***23")]
    [InlineData("somebody@example.test", "***")]
    [InlineData("+62 811-4x2", "***42")]
    public async Task What_has_few_digits_shows_none(string callee, string masked)
    {
        var (paths, _) = await Insert(callee);

        (await api.Client.GetAsync(paths[0], Reader))
            .Expect(200)
            .Json.Items("items")
            .ShouldHaveSingleItem()
            .Word("callee")
            .ShouldBe(masked);
    }

    [Theory]
    [InlineData(GuardedApi.OldReadKey, false)]
    [InlineData(GuardedApi.PersonalKey, true)]
    [InlineData(GuardedApi.AdminKey, true)]
    public async Task The_body_of_a_refused_request_may_hold_numbers(string key, bool isShown)
    {
        var refused = await api.Client.PostAsync(
            Encoding.UTF8.GetBytes($$"""{"callee_number":"{{Number}}"}"""),
            "/webhooks/near/workflow-status"
        );
        var id = refused.ExpectProblem(400, "$.workflow_id").Word("rejection_id");

        var page = (await api.Client.GetAsync($"/console/refused/{id}", GuardedApi.Key(key))).Expect(200);

        page.Text.Contains(Number[1..], StringComparison.Ordinal).ShouldBe(isShown);
        page.Text.Contains("<code>read-personal</code>", StringComparison.Ordinal).ShouldBe(!isShown);
    }

    [Fact]
    public async Task An_admin_erases_a_person_and_nobody_sees_them_again()
    {
        const string Erased = "+62811000099";
        using var follower = new FeedReader(GuardedApi.Key(GuardedApi.AdminKey));
        await using var following = await OpenFeed.StartAsync(
            follower,
            new Uri(api.Client.Root, "/events?include=facts"),
            Cancellation
        );
        var begin = follower.LastId;
        var (paths, receipt) = await Insert(Erased);
        var feed = paths[0].Replace("/facts", $"/events?include=facts&last_event_id={begin}", StringComparison.Ordinal);
        (await ReadFact(GuardedApi.AdminKey, feed)).ShouldContain(Erased[1..]);
        var admin = GuardedApi.Key(GuardedApi.AdminKey);

        (await Erase($$"""{"callee":"{{Erased}}"}""", GuardedApi.Key(GuardedApi.PersonalKey))).ExpectProblem(403);
        (await Erase("""{"callee":"12345"}""", admin)).ExpectProblem(400, "$.callee");
        (await Erase("[]", admin)).ExpectProblem(400, "$.callee");
        var erased = (await Erase($$"""{"callee":"{{Erased[1..]}}"}""", admin)).Expect(200).Json;

        erased.GetProperty("facts").GetInt32().ShouldBe(1);
        foreach (var path in paths)
        {
            var reply = (await api.Client.GetAsync(path, admin)).Expect(200);
            reply
                .Json.Items("items")
                .ShouldHaveSingleItem()
                .GetProperty("callee")
                .ValueKind.ShouldBe(JsonValueKind.Null);
            reply.Text.ShouldNotContain(Erased[1..]);
        }

        (await ReadFact(GuardedApi.AdminKey, feed)).ShouldContain("\"callee\":null");
        (await api.Client.GetAsync(receipt, admin)).Expect(200).Text.ShouldNotContain(Erased[1..]);
        (await api.Client.GetAsync($"/console{receipt}", admin)).Expect(200).Text.ShouldNotContain(Erased[1..]);

        Task<Reply> Erase(string body, (string, string) key) =>
            api.Client.PostAsync(Encoding.UTF8.GetBytes(body), "/admin/erasures", headers: key);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The first fact of a feed, as it comes.</summary>
    private async Task<string> ReadFact(string key, string feed)
    {
        using var reader = new FeedReader(GuardedApi.Key(key));
        await using var events = await OpenFeed.StartAsync(reader, new Uri(api.Client.Root, feed), Cancellation);
        do await events.Next();
        while (events.Latest!.Type != "fact");

        return events.Latest.Data;
    }

    /// <summary>A fact of a new workflow: the lists that hold nothing else, and its receipt.</summary>
    private async Task<(string[] Lists, string Receipt)> Insert(string callee)
    {
        var (workflow, entry) = (Report.NewId(), Report.NewId());
        var sent = await api.Client.PostAsync(
            Encoding.UTF8.GetBytes(
                $$"""
                {"workflow_id":"{{workflow}}", "workflow_name":"Autumn", "nodetask_id":"n", "nodetask_name":"A call",
                 "case_id":"{{entry}}", "callee_number":"{{callee}}"}
                """
            ),
            "/webhooks/near/call-completion"
        );
        var receipt = sent.Expect(200).Header("X-Receipt-Id");
        var path = ApiClient.Of(workflow);
        return ([$"{path}/facts", $"{path}/nodes/n/facts", $"/facts?case_id={entry}"], $"/receipts/{receipt}");
    }
}
