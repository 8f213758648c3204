using System.Buffers.Text;
using System.Text;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>A cursor names the list, the order, the filters and the ids that it was given for.</summary>
public abstract class CursorSuite(ApiFixture api)
{
    [Theory]
    [InlineData("phase=active", "phase=ended")]
    [InlineData("phase=active", "")]
    [InlineData("", "phase=active")]
    [InlineData("silent_for=0s", "silent_for=0ms")]
    [InlineData("name=cur", "name=curs")]
    [InlineData("status=running", "status=running&phase=active")]
    [InlineData("changed_after=2020-01-01", "changed_before=2020-01-01")]
    [InlineData("sort=name&name=c", "sort=name&name=u")]
    [InlineData("node_type=sms", "node_type=call")]
    public async Task A_cursor_with_another_filter_is_refused(string filter, string other)
    {
        await ReportTwo();
        var cursor = (
            await api.Client.GetAsync($"/workflows?{filter}&limit=1".Replace("?&", "?", StringComparison.Ordinal))
        )
            .Expect(200)
            .Json.Word("next_cursor")
            .ShouldNotBeNull();

        (
            await api.Client.GetAsync(
                $"/workflows?{filter}&limit=7&cursor={cursor}".Replace("?&", "?", StringComparison.Ordinal)
            )
        ).Expect(200);
        (
            await api.Client.GetAsync(
                $"/workflows?{other}&limit=1&cursor={cursor}".Replace("?&", "?", StringComparison.Ordinal)
            )
        ).ExpectProblem(400, "cursor");
    }

    [Fact]
    public async Task The_order_of_the_parameters_does_not_count()
    {
        await ReportTwo();
        var cursor = (await api.Client.GetAsync("/workflows?phase=active&status=running&limit=1"))
            .Expect(200)
            .Json.Word("next_cursor");

        (
            await api.Client.GetAsync(
                $"/workflows?cursor={cursor}&status=running&limit=1&sort=-changed_at&phase=active"
            )
        ).Expect(200);
    }

    [Fact]
    public async Task A_cursor_of_another_workflow_is_refused()
    {
        var (one, other) = await ReportTwo();
        foreach (var list in (string[])["history", "receipts"])
        {
            var cursor = (await api.Client.GetAsync($"{ApiClient.Of(one)}/{list}?limit=1"))
                .Expect(200)
                .Json.Word("next_cursor")
                .ShouldNotBeNull();

            (await api.Client.GetAsync($"{ApiClient.Of(one)}/{list}?limit=1&cursor={cursor}")).Expect(200);
            (await api.Client.GetAsync($"/workflows/-/{list}?workflow_id={one}&limit=1&cursor={cursor}")).Expect(200);
            (await api.Client.GetAsync($"{ApiClient.Of(other)}/{list}?limit=1&cursor={cursor}")).ExpectProblem(
                400,
                "cursor"
            );
        }
    }

    [Fact]
    public async Task A_cursor_of_another_register_is_refused()
    {
        var id = Report.NewId();
        foreach (var status in (string[])["finished", "running", "running", "running"])
            await api.Client.ReportAsync(Report.Workflow(id, status, "A", Report.Node("n", task: "t", status: status)));

        var path = $"{ApiClient.Of(id)}/explain/overruled?limit=1";
        var cursor = (await api.Client.GetAsync(path)).Expect(200).Json.Word("next_cursor").ShouldNotBeNull();

        (await api.Client.GetAsync($"{path}&cursor={cursor}")).Expect(200);
        (await api.Client.GetAsync($"{path}&nodetask_id=n&task_id=t&cursor={cursor}")).ExpectProblem(400, "cursor");
    }

    [Theory]
    [InlineData("9223372036854775807")]
    [InlineData("-9223372036854775808")]
    [InlineData("9007199254740993")]
    [InlineData("-1")]
    [InlineData("-0")]
    [InlineData("NaN")]
    [InlineData("1e3")]
    [InlineData("")]
    public async Task A_number_in_a_cursor_that_was_never_given_is_refused(string number)
    {
        var (id, _) = await ReportTwo();
        foreach (
            var path in (string[])
                ["/workflows?limit=1", $"{ApiClient.Of(id)}/history?limit=1", $"{ApiClient.Of(id)}/receipts?limit=1"]
        )
        {
            var cursor = (await api.Client.GetAsync(path)).Expect(200).Json.Word("next_cursor").ShouldNotBeNull();
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split('\0');
            parts[1] = number;

            var forged = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('\0', parts)));

            (await api.Client.GetAsync($"{path}&cursor={forged}")).ExpectProblem(400, "cursor");
        }
    }

    private async Task<(string One, string Other)> ReportTwo()
    {
        var (one, other) = (Report.NewId(), Report.NewId());
        foreach (var id in (string[])[one, other])
        {
            await api.Client.ReportAsync(
                Report.Workflow(id, "running", "cursor", Report.Node("n", type: "sms"), Report.Node("m", type: "sms"))
            );
            await api.Client.ReportAsync(Report.Workflow(id, "paused", "cursor"));
            await api.Client.ReportAsync(Report.Workflow(id, "running", "cursor"));
        }

        return (one, other);
    }
}

[Collection(OnSqlite.Name)]
public sealed class CursorsOnSqliteTests(SqliteApi api) : CursorSuite(api);

[Collection(OnPostgres.Name)]
public sealed class CursorsOnPostgresTests(PostgresApi api) : CursorSuite(api);
