using System.Text;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>What is refused, what the answer says, and what is kept of it.</summary>
public abstract class RefusedSuite(ApiFixture api)
{
    public static TheoryData<string> Broken => [.. BrokenBodies.All.Select(static broken => broken.What).Distinct()];

    [Fact]
    public void Every_broken_body_has_a_name_of_its_own() =>
        BrokenBodies.All.GroupBy(static broken => broken.What).Where(static group => group.Count() > 1).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_broken_body_is_refused_where_it_is_wrong_and_kept(string what)
    {
        var (_, body, path) = BrokenBodies.All.Single(broken => broken.What == what);

        await ShouldBeRefused(RawBody.Bytes(body), path);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00 }, "UTF-16")]
    [InlineData(new byte[] { 0x22, 0xE9, 0x22 }, "Latin-1")]
    [InlineData(new byte[] { 0x22, 0xC0, 0xAF, 0x22 }, "overlong")]
    [InlineData(new byte[] { 0x22, 0xED, 0xA0, 0x80, 0x22 }, "a surrogate in UTF-8")]
    public async Task What_is_not_UTF8_is_refused(byte[] bytes, string what)
    {
        var problem = await ShouldBeRefused(bytes, "$");

        problem.ShouldContain("UTF-8", customMessage: what);
    }

    [Fact]
    public async Task More_than_ten_thousand_actions_are_refused()
    {
        var action = """{"nodetask_id":"n","nodetask_name":"N","node_type":"sms"}""";
        var body = RawBody.AllActions($"[{string.Join(',', Enumerable.Repeat(action, 10_001))}]");

        await ShouldBeRefused(RawBody.Bytes(body), "$.actions[10000]");
    }

    [Fact]
    public async Task A_body_over_four_mebibytes_is_refused()
    {
        var body = RawBody.Bytes(RawBody.TopExtra($"\"x\":\"{new string('x', 4 * 1024 * 1024)}\""));

        var problem = (await api.Client.PostChunkedAsync(body)).ExpectProblem(413);

        var row = await Row(problem.GetProperty("rejection_id").GetGuid());
        (row.StatusCode, row.Source).ShouldBe((413, "airudder"));
        row.Body.ShouldBeNull();
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/jsonx")]
    [InlineData("application/json-seq")]
    [InlineData("application/xjson")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("json")]
    public async Task Another_content_type_is_refused_and_kept_whole(string contentType)
    {
        var body = RawBody.Of(Report.NewId(), $"\"x\":\"{new string('x', 100_000)}\"");

        var reply = await api.Client.PostAsync(RawBody.Bytes(body), contentType: contentType);

        var row = await Row(reply.ExpectProblem(415).GetProperty("rejection_id").GetGuid());
        (row.StatusCode, row.Source, row.ContentType).ShouldBe((415, "airudder", contentType));
        Encoding.UTF8.GetString(row.Body.ShouldNotBeNull()).ShouldBe(body);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    public async Task An_unknown_source_is_refused_and_its_body_not_kept(string contentType)
    {
        var reply = await api.Client.PostAsync(
            RawBody.Bytes(RawBody.Of(Report.NewId())),
            "/webhooks/nobody/workflow-status",
            contentType
        );

        var row = await Row(reply.ExpectProblem(401).GetProperty("rejection_id").GetGuid());
        (row.StatusCode, row.Source, row.ErrorPath).ShouldBe((401, null, null));
        row.Body.ShouldBeNull();
    }

    [Fact]
    public async Task A_refused_notification_leaves_nothing_behind()
    {
        var id = Report.NewId();

        (await api.Client.PostAsync(RawBody.Bytes(RawBody.Of(id, "\"status\":\"paused\"")))).ExpectProblem(
            400,
            "$.status"
        );

        (await api.Client.GetAsync(ApiClient.Of(id))).ExpectProblem(404);
    }

    private async Task<string> ShouldBeRefused(byte[] body, string path)
    {
        var reply = await api.Client.PostAsync(body);
        var problem = reply.ExpectProblem(400, path);
        var detail = problem.Word("detail")!;

        var row = await Row(problem.GetProperty("rejection_id").GetGuid());
        (row.StatusCode, row.Source, row.ContentType).ShouldBe((400, "airudder", "application/json"));
        row.Detail.ShouldBe(detail);
        row.ErrorPath.ShouldBe(path, reply.Text);
        Encoding.Latin1.GetString(row.Body.ShouldNotBeNull()).ShouldBe(Encoding.Latin1.GetString(body));
        return detail;
    }

    private async Task<RejectedRow> Row(Guid id) =>
        (await api.Database.FindRejectedAsync(id)).ShouldNotBeNull("the refused request was not kept");
}

[Collection(OnSqlite.Name)]
public sealed class RefusedOnSqliteTests(SqliteApi api) : RefusedSuite(api);

[Collection(OnPostgres.Name)]
public sealed class RefusedOnPostgresTests(PostgresApi api) : RefusedSuite(api);
