using System.Text.Json;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>Explanations, earlier states, and the words that were received.</summary>
public abstract class ExplainSuite(ApiFixture api)
{
    [Fact]
    public async Task Explain_names_the_deciding_receipt_its_rule_and_the_overruled_receipts()
    {
        var (id, receipts) = await ReportStory();

        var shown = (await api.Client.GetAsync($"{ApiClient.Of(id)}/explain")).Expect(200).Json;

        (shown.Number("version"), shown.Number("seq")).ShouldBe((4, 6));
        var status = shown.GetProperty("status");
        Line(status).ShouldBe($"stopped/ended/cancelled {receipts[5]} other_outcome");
        status.Word("sentence").ShouldBe("both ended, with an outcome that was not reported before");
        status.GetProperty("decided_by_arrival").GetBoolean().ShouldBeFalse();
        status
            .Items("contested")
            .Select(static word =>
                $"{word.Word("word")} {word.Word("outcome")} {word.GetProperty("receipt").Word("receipt_id")}"
            )
            .ShouldBe([$"stopped cancelled {receipts[5]}", $"done completed {receipts[3]}"]);
        status
            .GetProperty("overruled")
            .Items("latest")
            .Select(Overruled)
            .ShouldBe([
                $"done conflict {receipts[3]} by {receipts[5]} other_outcome",
                $"running stale {receipts[4]} by {receipts[3]} lower_phase",
                $"paused superseded {receipts[1]} by {receipts[3]} higher_phase",
                $"running provably_old {receipts[2]} by {receipts[1]} other_word_provably_old",
                $"running superseded {receipts[0]} by {receipts[1]} other_word",
            ]);
        var proof = status.GetProperty("overruled").Items("latest")[3].GetProperty("proof");
        (
            proof.GetProperty("task").Word("task_id"),
            proof.Word("told"),
            proof.Word("known"),
            proof.Number("known_by_seq")
        ).ShouldBe(("t", "creating", "active", 1));

        var name = shown.GetProperty("workflow_name");
        (name.Word("value"), name.GetProperty("from").Word("receipt_id")).ShouldBe(("Winter", receipts[3]));
        name.GetProperty("overruled")
            .Items("latest")
            .Select(static item => $"{item.Word("told")} {item.Word("reason")}")
            .ShouldBe(["Spring stale", "Autumn superseded", "Old provably_old"]);
        var node = shown.Items("nodes").Single();
        (node.GetProperty("stands_for").Word("task_id"), node.Word("status"), node.Word("sentence")).ShouldBe(
            ("t", "running", "of the tasks that count this one is the least advanced")
        );
        shown
            .Items("attention")
            .Select(static item =>
            {
                var because = item.Items("because").Select(static receipt => receipt.Number("seq"));
                return $"{item.Word("kind")} {string.Join(',', because)}";
            })
            .ShouldBe(["conflicting_outcome 6,4", "unfinished_tasks 6,1"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task The_pages_of_what_was_overruled_are_all_of_it(int limit)
    {
        var (id, receipts) = await ReportStory();
        var path = $"{ApiClient.Of(id)}/explain/overruled";

        var items = await Pages.ReadAllAsync(api.Client, path, limit);
        items
            .Select(static item => item.GetProperty("receipt").Word("receipt_id"))
            .ShouldBe([receipts[0], receipts[2], receipts[1], receipts[4], receipts[3]]);
        (await Pages.ReadAllAsync(api.Client, $"{path}?nodetask_id=n&task_id=t", limit)).Count.ShouldBe(5);
        (await Pages.ReadAllAsync(api.Client, $"{path}?name=workflow_name", limit)).Count.ShouldBe(3);
        (await Pages.ReadAllAsync(api.Client, $"{path}?nodetask_id=n&name=node_type", limit)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_earlier_version_is_shown_as_it_was()
    {
        var id = Report.NewId();
        var shown = new List<JsonElement>();
        foreach (var status in (string[])["creating", "running", "done", "stopped"])
        {
            await api.Client.ReportAsync(
                Report.Workflow(id, status, status, Report.Node("n", status, task: "t", status: status))
            );
            shown.Add((await api.Client.GetAsync(ApiClient.Of(id))).Expect(200).Json);
        }

        for (var version = 1; version <= shown.Count; version++)
        {
            (await api.Client.GetAsync($"{ApiClient.Of(id)}?as_of_version={version}"))
                .Expect(200)
                .Json.GetRawText()
                .ShouldBe(WithoutFacts(shown[version - 1]));
            (await api.Client.GetAsync($"{ApiClient.Of(id)}?as_of={shown[version - 1].Word("last_received_at")}"))
                .Expect(200)
                .Json.Number("version")
                .ShouldBeGreaterThanOrEqualTo(version);
        }

        (await api.Client.GetAsync($"{ApiClient.Of(id)}?as_of=2100-01-01"))
            .Expect(200)
            .Json.GetRawText()
            .ShouldBe(WithoutFacts(shown[^1]));
        (await api.Client.GetAsync($"{ApiClient.Of(id)}?as_of=2001-01-01")).ExpectProblem(404);
        (await api.Client.GetAsync($"{ApiClient.Of(id)}?as_of_version=5"))
            .ExpectProblem(404)
            .Word("detail")
            .ShouldBe("This workflow has not reached version 5.");
    }

    [Theory]
    [InlineData("?as_of_version=0", "as_of_version")]
    [InlineData("?as_of=yesterday", "as_of")]
    [InlineData("?as_of_version=1&as_of=2026-01-01", "as_of")]
    [InlineData("?as_of_version=1&wait=1s", "wait")]
    [InlineData("/explain?limit=1", "limit")]
    [InlineData("/explain/overruled?task_id=t", "task_id")]
    [InlineData("/explain/overruled?name=node_type", "name")]
    [InlineData("/explain/overruled?nodetask_id=n&name=workflow_name", "name")]
    [InlineData("/explain/overruled?cursor=x", "cursor")]
    public async Task An_invalid_parameter_is_refused_by_name(string rest, string name) =>
        (await api.Client.GetAsync($"{ApiClient.Of(Report.NewId())}{rest}")).ExpectProblem(400, name);

    [Theory]
    [InlineData("?as_of_version=1")]
    [InlineData("?as_of=2100-01-01")]
    [InlineData("/explain")]
    [InlineData("/explain/overruled")]
    public async Task A_workflow_that_is_not_known_is_not_found(string rest) =>
        (await api.Client.GetAsync($"{ApiClient.Of(Report.NewId())}{rest}")).ExpectProblem(404);

    [Fact]
    public async Task The_vocabulary_shows_the_words_that_it_does_not_list_first()
    {
        var word = "word " + Report.NewId();
        await api.Client.ReportAsync(
            Report.Workflow(Report.NewId(), word, "A", Report.Node("n", task: "t", status: word))
        );

        var shown = await Until.Async(
            "the word is counted",
            async () => (await api.Client.GetAsync("/vocabulary")).Expect(200).Json,
            vocabulary => vocabulary.Items("received").Any(received => received.Word("word") == word)
        );

        var received = shown.Items("received").Single(received => received.Word("word") == word);
        (received.Number("count"), received.Word("phase"), received.GetProperty("recognised").GetBoolean()).ShouldBe(
            (2, "active", false)
        );
        shown
            .Items("received")
            .Select(static received => received.GetProperty("recognised").GetBoolean())
            .ShouldBeInOrder(SortDirection.Ascending);
        shown.Word("fingerprint").ShouldBe(Domain.Vocabulary.Default.Fingerprint);
        shown.Items("words").Count.ShouldBe(Domain.Vocabulary.DefaultWords.Count);
        shown
            .Items("ranking")
            .Select(static outcome => outcome.GetString())
            .ShouldBe(["failed", "cancelled", "completed"]);
    }

    [Fact]
    public async Task The_words_that_were_received_are_paged()
    {
        var words = Enumerable.Range(0, 12).Select(static i => $"page {i} {Report.NewId()}").ToList();
        await Task.WhenAll(words.Select(word => api.Client.ReportAsync(Report.Workflow(Report.NewId(), word, "A"))));
        await Until.Async("the words are counted", () => Pages(1000), found => words.All(word => found.Contains(word)));

        var found = await Pages(5);

        words.ShouldBeSubsetOf(found);
        found.Distinct().Count().ShouldBe(found.Count);
        (await api.Client.GetAsync("/vocabulary?limit=1001")).ExpectProblem(400, "limit");
        (await api.Client.GetAsync("/vocabulary?cursor=abc")).ExpectProblem(400, "cursor");

        async Task<List<string>> Pages(int limit)
        {
            var found = new List<string>();
            string? cursor = null;
            do
            {
                var page = (
                    await api.Client.GetAsync(
                        $"/vocabulary?limit={limit}{(cursor is null ? null : $"&cursor={cursor}")}"
                    )
                )
                    .Expect(200)
                    .Json;
                page.Items("received").Count.ShouldBeLessThanOrEqualTo(limit);
                found.AddRange(page.Items("received").Select(static received => received.Word("word")!));
                cursor = page.TryGetProperty("next_cursor", out var next) ? next.GetString() : null;
            } while (cursor is not null);

            return found;
        }
    }

    [Theory]
    [InlineData("""{"words": {"on hold": "asleep"}}""")]
    [InlineData("""{"wordz": {}}""")]
    [InlineData("""{"ranking": "failed"}""")]
    [InlineData("[")]
    public async Task An_invalid_vocabulary_is_not_tried(string body) =>
        (
            await api.Client.PostAsync(System.Text.Encoding.UTF8.GetBytes(body), "/admin/refold?dry_run=true")
        ).ExpectProblem(400, "$");

    [Fact]
    public async Task A_refold_under_the_words_in_force_comes_to_its_end_and_changes_nothing()
    {
        var (id, _) = await ReportStory();
        var before = (await api.Client.GetAsync(ApiClient.Of(id))).Text;

        (await api.Client.PostAsync([], "/admin/refold"))
            .Expect(200)
            .Json.Word("vocabulary")
            .ShouldBe(Domain.Vocabulary.Default.Fingerprint);

        var job = await Until.Async(
            "the refold is finished",
            async () => (await api.Client.GetAsync("/admin/refold")).Expect(200).Json,
            static job => job.Word("state") == "finished"
        );
        (job.Number("refolded"), job.Number("changed"), job.Number("failed")).ShouldBe((0, 0, 0));
        (await api.Client.GetAsync(ApiClient.Of(id))).Text.ShouldBe(before);
    }

    [Fact]
    public async Task A_workflow_with_very_many_receipts_is_not_explained_but_shown_in_pages()
    {
        const int Stored = 50_001;
        var id = Report.NewId();
        await api.Client.ReportAsync(Report.Workflow(id, "running", "A"));
        await using var connection = await api.Database.OpenAsync();
        var newId = connection is Npgsql.NpgsqlConnection ? "gen_random_uuid()" : "randomblob(16)";
        try
        {
            await ExecuteAsync(
                $"""
                WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {Stored})
                INSERT INTO receipt (id, workflow_id, seq, received_at, source, effect, version, vocabulary, body)
                SELECT {newId}, workflow_id, i, received_at, source, 0, i, vocabulary, body
                FROM n JOIN receipt ON workflow_id = @id AND seq = 1
                """
            );

            foreach (
                var path in (string[])
                    ["/explain", "/explain/overruled", $"?as_of_version={Stored}", "?as_of=2100-01-01"]
            )
                (await api.Client.GetAsync(ApiClient.Of(id) + path)).ExpectProblem(422);

            (await api.Client.GetAsync($"/console/workflows/{id}/explain")).Status.ShouldBe(422);
            (await api.Client.GetAsync($"{ApiClient.Of(id)}?as_of_version=7"))
                .Expect(200)
                .Json.Number("version")
                .ShouldBe(7);
            (await api.Client.GetAsync($"{ApiClient.Of(id)}/receipts?limit=1000"))
                .Expect(200)
                .Json.Items("items")
                .Count.ShouldBe(1000);
        }
        finally
        {
            await ExecuteAsync("DELETE FROM receipt WHERE workflow_id = @id AND seq > 1");
        }

        (await api.Client.GetAsync(ApiClient.Of(id) + "/explain")).Expect(200);

        async Task ExecuteAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("id", id);
            command.Parameters.Add(parameter);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>How many facts there were earlier, nothing says.</summary>
    private static string WithoutFacts(JsonElement state) =>
        state.GetRawText().Replace(",\"facts\":{}", "", StringComparison.Ordinal);

    private static string Line(JsonElement register) =>
        $"{register.Word("status")}/{register.Word("phase")}/{register.Word("outcome")} "
        + $"{register.GetProperty("decided_by").Word("receipt_id")} {register.Word("rule")}";

    private static string Overruled(JsonElement item) =>
        $"{item.Word("told")} {item.Word("reason")} {item.GetProperty("receipt").Word("receipt_id")} "
        + $"by {item.GetProperty("by").Word("receipt_id")} {item.Word("rule")}";

    private async Task<(string Id, List<string?> Receipts)> ReportStory()
    {
        var id = Report.NewId();
        var receipts = new List<string?>();
        foreach (
            var notification in (StatusChange[])
                [
                    Report.Workflow(id, "running", "Autumn", Report.Node("n", task: "t", status: "running")),
                    Report.Workflow(id, "paused", "Autumn", Report.Node("n", task: "t", status: "running")),
                    Report.Workflow(id, "running", "Old", Report.Node("n", task: "t", status: "creating")),
                    Report.Workflow(id, "done", "Winter", Report.Node("n", task: "t", status: "running")),
                    Report.Workflow(id, "running", "Spring", Report.Node("n", task: "t", status: "running")),
                    Report.Workflow(id, "stopped", "Winter", Report.Node("n", task: "t", status: "running")),
                ]
        )
        {
            receipts.Add((await api.Client.ReportAsync(notification)).Header("X-Receipt-Id"));
        }

        return (id, receipts);
    }
}

[Collection(OnSqlite.Name)]
public sealed class ExplainOnSqliteTests(SqliteApi api) : ExplainSuite(api);

[Collection(OnPostgres.Name)]
public sealed class ExplainOnPostgresTests(PostgresApi api) : ExplainSuite(api);
