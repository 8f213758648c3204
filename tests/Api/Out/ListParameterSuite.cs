using System.Buffers.Text;
using System.Text;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>Parameters of the list that make no sense.</summary>
public abstract class ListParameterSuite(ApiFixture api)
{
    [Theory]
    [InlineData("phase=done", "phase")]
    [InlineData("phase=Ended", "phase")]
    [InlineData("phase=", "phase")]
    [InlineData("outcome=finished", "outcome")]
    [InlineData("status=", "status")]
    [InlineData("name=a%00b", "name")]
    [InlineData("attention=everything", "attention")]
    [InlineData("changed_after=yesterday", "changed_after")]
    [InlineData("changed_before=2026-13-01", "changed_before")]
    [InlineData("silent_for=1", "silent_for")]
    [InlineData("silent_for=1w", "silent_for")]
    [InlineData("silent_for=-1h", "silent_for")]
    [InlineData("silent_for=4000d", "silent_for")]
    [InlineData("sort=size", "sort")]
    [InlineData("sort=-name", "sort")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("cursor=%20", "cursor")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("colour=red", "colour")]
    [InlineData("phase=ended&phase=ended", "phase")]
    [InlineData("group_by=phase", "group_by")]
    public async Task The_list_refuses_it_by_name(string query, string name) =>
        (await api.Client.GetAsync($"/workflows?{query}")).ExpectProblem(400, name);

    [Theory]
    [InlineData("group_by=colour", "group_by")]
    [InlineData("group_by=Phase", "group_by")]
    [InlineData("group_by=phase&group_by=status", "group_by")]
    [InlineData("outcome=finished", "outcome")]
    [InlineData("sort=name", "sort")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("cursor=abc", "cursor")]
    public async Task The_counts_refuse_it_by_name(string query, string name) =>
        (await api.Client.GetAsync($"/workflow-counts?{query}")).ExpectProblem(400, name);

    [Fact]
    public async Task A_name_that_is_too_long_is_refused() =>
        (await api.Client.GetAsync($"/workflows?name={new string('x', 1025)}")).ExpectProblem(400, "name");

    [Theory]
    [InlineData("-changed_at")]
    [InlineData("changed_at")]
    [InlineData("name")]
    [InlineData("first_received_at")]
    public async Task The_cursor_of_another_order_is_refused(string sort)
    {
        await api.Client.ReportAsync(Report.Workflow(Report.NewId()));
        await api.Client.ReportAsync(Report.Workflow(Report.NewId()));
        var cursor = (await api.Client.GetAsync($"/workflows?sort={sort}&limit=1"))
            .Expect(200)
            .Json.Word("next_cursor")
            .ShouldNotBeNull();

        (await api.Client.GetAsync($"/workflows?sort={sort}&cursor={cursor}&limit=1")).Expect(200);
        foreach (var other in (string[])["-changed_at", "changed_at", "name", "first_received_at"])
        {
            if (other != sort)
                (await api.Client.GetAsync($"/workflows?sort={other}&cursor={cursor}")).ExpectProblem(400, "cursor");
        }
    }

    [Theory]
    [InlineData("-changed_at")]
    [InlineData("name")]
    public async Task A_cursor_that_somebody_changed_is_refused(string sort)
    {
        await api.Client.ReportAsync(Report.Workflow(Report.NewId()));
        await api.Client.ReportAsync(Report.Workflow(Report.NewId()));
        var cursor = (await api.Client.GetAsync($"/workflows?sort={sort}&limit=1"))
            .Expect(200)
            .Json.Word("next_cursor")
            .ShouldNotBeNull();
        var plain = Base64Url.DecodeFromChars(cursor);

        foreach (
            var changed in (byte[][])
                [
                    [.. plain, 0],
                    [.. plain, 0xFF],
                    plain[..5],
                    [.. Encoding.UTF8.GetBytes("x"), .. plain],
                ]
        )
            (
                await api.Client.GetAsync($"/workflows?sort={sort}&cursor={Base64Url.EncodeToString(changed)}")
            ).ExpectProblem(400, "cursor");
    }
}

[Collection(OnSqlite.Name)]
public sealed class ListParametersOnSqliteTests(SqliteApi api) : ListParameterSuite(api);

[Collection(OnPostgres.Name)]
public sealed class ListParametersOnPostgresTests(PostgresApi api) : ListParameterSuite(api);
