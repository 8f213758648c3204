using System.Text;
using System.Text.Json.Nodes;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>Every kind of notification on its own path, and on the one path for all of them.</summary>
public abstract class FactSuite(ApiFixture api)
{
    private const string Source = "/webhooks/airudder";

    public static TheoryData<string> Kinds => [.. NotificationKinds.All.Select(static kind => kind.Path)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Each_kind_is_acknowledged_on_its_path_and_on_the_one_for_all(string path)
    {
        var kind = NotificationKinds.OfPath(path).ShouldNotBeNull();
        var body = OfItsOwn(kind);

        ShouldBeTaken(await api.Client.PostAsync(body, $"{Source}/{path}"), isFirst: true);
        ShouldBeTaken(await api.Client.PostAsync(body, $"{Source}/{path}"), isFirst: false);
        if (kind.Documentation == Documentation.TitleOnly)
            (await api.Client.PostAsync(body, Source)).ExpectProblem(400, "$");
        else
            ShouldBeTaken(await api.Client.PostAsync(body, Source), isFirst: false);

        void ShouldBeTaken(Reply reply, bool isFirst)
        {
            reply.Expect(200).Text.ShouldBe("{}");
            Guid.Parse(reply.Header("X-Receipt-Id").ShouldNotBeNull()).Version.ShouldBe(7);
            var effect =
                !isFirst ? "duplicate"
                : kind.Fact is null ? "advanced"
                : "recorded";
            reply.Header("X-Effect").ShouldBe(effect);
            (reply.Header("X-Workflow-Version") is null).ShouldBe(kind.Fact is not null);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_a_kind_must_have_is_missed_on_its_path_and_the_body_is_kept(string path)
    {
        var name = NotificationKinds.OfPath(path)!.Required[0].Name;
        var body = "{\"x\":1}"u8.ToArray();

        var problem = (await api.Client.PostAsync(body, $"{Source}/{path}")).ExpectProblem(400, $"$.{name}");

        await ShouldBeKept(problem.GetProperty("rejection_id").GetGuid(), body);
    }

    [Fact]
    public async Task What_fits_no_kind_or_several_is_refused_on_the_one_path_with_what_it_nearly_is_and_kept()
    {
        foreach (
            var (body, detail) in ((string, string)[])
                [
                    ("""{"workflow_id":"w","nodetask_id":"n"}""", "call_completion needs case_id (a string)"),
                    (
                        """{"type":"TaskStatus","body":{},"workflow_id":"w","status":"s","actions":[]}""",
                        "status_change, dialer"
                    ),
                ]
        )
        {
            var problem = (await api.Client.PostAsync(RawBody.Bytes(body), Source)).ExpectProblem(400, "$");

            problem.Word("detail").ShouldNotBeNull().ShouldContain(detail);
            await ShouldBeKept(problem.GetProperty("rejection_id").GetGuid(), RawBody.Bytes(body));
        }
    }

    [Fact]
    public async Task Two_values_of_one_thing_are_two_facts()
    {
        var id = Report.NewId();
        (await Send("delivered")).ShouldBe("recorded");
        (await Send("read")).ShouldBe("recorded");
        (await Send("delivered")).ShouldBe("duplicate");

        async Task<string?> Send(string status) =>
            (
                await api.Client.PostAsync(
                    RawBody.Bytes($$"""{"workflow_id":"{{id}}","msg_id":"m","status":"{{status}}"}"""),
                    $"{Source}/waba-status"
                )
            )
                .Expect(200)
                .Header("X-Effect");
    }

    [Fact]
    public async Task A_fact_may_come_compressed_and_must_be_JSON()
    {
        var body = OfItsOwn(NotificationKinds.OfPath("call-completion")!);
        using var packed = new MemoryStream();
        await using (
            var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress)
        )
            await gzip.WriteAsync(body, TestContext.Current.CancellationToken);

        (await api.Client.PostEncodedAsync(packed.ToArray(), "gzip", Source)).Expect(200);
        (await api.Client.PostAsync(body, $"{Source}/call-completion", "text/plain")).ExpectProblem(415);
        (await api.Client.PostAsync(body, $"{Source}/Call-Completion/")).Expect(200);
    }

    [Fact]
    public async Task What_was_refused_is_sent_again_as_the_kind_that_its_fields_say()
    {
        var body = OfItsOwn(NotificationKinds.OfPath("call-completion")!);
        var problem = (await api.Client.PostAsync(body, $"{Source}/call-completion", "text/plain")).ExpectProblem(415);
        var id = problem.GetProperty("rejection_id").GetGuid();

        (await api.Client.SendAsync("POST", $"/console/refused/{id}/resend")).Expect(302);

        var again = await api.Client.PostAsync(body, $"{Source}/call-completion");
        again.Expect(200).Header("X-Effect").ShouldBe("duplicate");
    }

    [Fact]
    public async Task What_is_known_by_its_path_alone_is_known_when_it_is_sent_again()
    {
        var body = OfItsOwn(NotificationKinds.OfPath("waba-status")!);
        (await api.Client.PostAsync(body, Source)).ExpectProblem(400, "$");
        var problem = (await api.Client.PostAsync(body, $"{Source}/waba-status", "text/plain")).ExpectProblem(415);
        var id = problem.GetProperty("rejection_id").GetGuid();

        (await api.Database.FindRejectedAsync(id)).ShouldNotBeNull().Kind.ShouldBe("waba_status");
        (await api.Client.GetAsync($"/console/refused/{id}")).Expect(200).Text.ShouldContain("waba_status");
        (await api.Client.SendAsync("POST", $"/console/refused/{id}/resend")).Expect(302);

        var again = await api.Client.PostAsync(body, $"{Source}/waba-status");
        again.Expect(200).Header("X-Effect").ShouldBe("duplicate");
    }

    [Fact]
    public async Task What_came_to_the_path_of_another_kind_is_sent_again_as_its_own()
    {
        var body = OfItsOwn(NotificationKinds.OfPath("list-completion")!);
        var problem = (await api.Client.PostAsync(body, $"{Source}/chatbot-session")).Expect(400).Json;
        var id = problem.GetProperty("rejection_id").GetGuid();

        (await api.Database.FindRejectedAsync(id)).ShouldNotBeNull().Kind.ShouldBe("chatbot_session");
        (await api.Client.SendAsync("POST", $"/console/refused/{id}/resend")).Expect(302);

        var again = await api.Client.PostAsync(body, $"{Source}/list-completion");
        again.Expect(200).Header("X-Effect").ShouldBe("duplicate");
    }

    [Fact]
    public async Task What_came_to_no_path_of_a_kind_has_none_when_it_is_refused()
    {
        var problem = (await api.Client.PostAsync(RawBody.Bytes("{}"), Source)).ExpectProblem(400, "$");

        var row = await api.Database.FindRejectedAsync(problem.GetProperty("rejection_id").GetGuid());
        row.ShouldNotBeNull().Kind.ShouldBeNull();
    }

    /// <summary>The example of a kind, about a workflow or a task of its own.</summary>
    private static byte[] OfItsOwn(NotificationKind kind) => NotificationExamples.With(kind, body =>
        {
            var (holder, name) = body["body"] is JsonObject inner ? (inner, "callid") : (body, "workflow_id");
            holder[name] = Report.NewId();
        });

    private async Task ShouldBeKept(Guid id, byte[] body)
    {
        var row = (await api.Database.FindRejectedAsync(id)).ShouldNotBeNull();
        (row.StatusCode, row.Source).ShouldBe((400, "airudder"));
        Encoding.UTF8.GetString(row.Body.ShouldNotBeNull()).ShouldBe(Encoding.UTF8.GetString(body));
    }
}

[Collection(OnSqlite.Name)]
public sealed class FactsOnSqliteTests(SqliteApi api) : FactSuite(api);

[Collection(OnPostgres.Name)]
public sealed class FactsOnPostgresTests(PostgresApi api) : FactSuite(api);
