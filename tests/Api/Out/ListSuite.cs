using System.Text;
using System.Text.Json;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Out;

/// <summary>The list of workflows and their counts.</summary>
public abstract class ListSuite(ApiFixture api) : IAsyncLifetime
{
    private const string Ours = "/workflows?name=listed%20&limit=1000";

    private static readonly Dictionary<Type, List<JsonElement>> Seeded = [];

    private List<JsonElement> _all = [];

    public async ValueTask InitializeAsync()
    {
        // Once for a class: its tests run one after the other.
        List<JsonElement>? known;
        lock (Seeded)
            Seeded.TryGetValue(GetType(), out known);

        if (known is null)
        {
            var run = Report.NewId();
            await ListedWorkflows.ReportAsync(api.Client, run);
            known = (await api.Client.GetAsync(Ours)).Expect(200).Json.Items("items");
            known
                .Select(static item => item.Word("workflow_id"))
                .ShouldBe(
                    Enumerable.Range(0, ListedWorkflows.Count).Select(number => ListedWorkflows.Id(run, number)),
                    ignoreOrder: true
                );
            lock (Seeded)
                Seeded[GetType()] = known;
        }

        _all = known;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("-changed_at")]
    [InlineData("changed_at")]
    [InlineData("name")]
    [InlineData("first_received_at")]
    public async Task Pages_are_complete_in_order_and_without_repeats(string sort)
    {
        var expected = Ordered(sort).Select(static item => item.GetRawText()).ToList();

        foreach (var limit in (int[])[7, 100, 299, 300])
        {
            var pages = await Pages.ReadAllAsync(api.Client, $"/workflows?name=LISTED%20&sort={sort}", limit);
            pages.Select(static item => item.GetRawText()).ShouldBe(expected, $"{sort}, {limit} a page");
        }
    }

    [Fact]
    public async Task Without_parameters_the_list_has_a_hundred_the_latest_change_first()
    {
        var page = (await api.Client.GetAsync("/workflows")).Expect(200).Json;

        page.Items("items").Count.ShouldBe(100);
        page.Items("items")
            .Select(static item => item.Word("last_changed_at"))
            .ShouldBe(
                page.Items("items")
                    .Select(static item => item.Word("last_changed_at"))
                    .OrderDescending(StringComparer.Ordinal)
            );
        (await Pages.ReadAllAsync(api.Client, "/workflows", 1000))
            .Where(ListedWorkflows.IsOurs)
            .Count()
            .ShouldBe(ListedWorkflows.Count);
    }

    [Fact]
    public async Task An_item_agrees_with_its_workflow()
    {
        foreach (var item in _all.Where(static (_, place) => place % 30 == 0))
        {
            var state = (await api.Client.GetAsync(ApiClient.Of(item.Word("workflow_id")!))).Expect(200).Json;
            foreach (
                var name in (string[])
                    [
                        "workflow_id",
                        "workflow_name",
                        "status",
                        "phase",
                        "outcome",
                        "version",
                        "first_received_at",
                        "last_received_at",
                        "last_changed_at",
                    ]
            )
                item.GetProperty(name).GetRawText().ShouldBe(state.GetProperty(name).GetRawText(), name);

            Words(item, "attention")
                .ShouldBe(
                    state.Items("attention").Select(static found => found.Word("kind")!).Distinct(),
                    ignoreOrder: true
                );
            Words(item, "node_types")
                .ShouldBe(
                    state.Items("nodes").Select(static node => node.Word("node_type")!).Distinct(),
                    ignoreOrder: true
                );
        }
    }

    [Theory]
    [InlineData("phase", "phase", "scheduled", "active", "ended")]
    [InlineData("outcome", "outcome", "completed", "cancelled", "failed")]
    public async Task A_filter_by_a_word_finds_those_that_have_it(string parameter, string field, params string[] words)
    {
        foreach (var word in words)
            await ShouldFind($"{parameter}={word}", item => item.Word(field) == word);
    }

    [Theory]
    [InlineData("in progress", "In_Progress")]
    [InlineData("IN-PROGRESS", "In_Progress")]
    [InlineData("Paused", "paused")]
    [InlineData("MYSTERY", "mystery")]
    public Task A_filter_by_status_takes_any_spelling(string asked, string status) =>
        ShouldFind($"status={Uri.EscapeDataString(asked)}", item => item.Word("status") == status);

    [Theory]
    [InlineData("conflicting_outcome")]
    [InlineData("unfinished_tasks")]
    [InlineData("unrecognised_status")]
    public Task A_filter_by_attention_finds_those_that_have_it(string kind) =>
        ShouldFind($"attention={kind}", item => Words(item, "attention").Contains(kind));

    [Theory]
    [InlineData("call")]
    [InlineData("Call")]
    [InlineData("sms")]
    [InlineData("wh\"ats")]
    [InlineData("%")]
    public Task A_filter_by_node_type_is_exact(string type) =>
        ShouldFind($"node_type={Uri.EscapeDataString(type)}", item => Words(item, "node_types").Contains(type));

    [Theory]
    [InlineData("listed a")]
    [InlineData("LISTED \"'%_")]
    [InlineData("listed 😀")]
    [InlineData("listed É")]
    [InlineData("listed \n")]
    public async Task A_filter_by_name_is_a_prefix_in_any_case(string prefix)
    {
        var expected = _all.Where(item =>
            item.Word("workflow_name")!
                .ToLowerInvariant()
                .StartsWith(prefix.ToLowerInvariant(), StringComparison.Ordinal)
        );

        var found = (await api.Client.GetAsync($"/workflows?limit=1000&name={Uri.EscapeDataString(prefix)}"))
            .Expect(200)
            .Json.Items("items");

        Ids(found).ShouldBe(Ids(expected), ignoreOrder: true);
        found.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_filter_by_time_leaves_out_its_bounds()
    {
        var times = _all.Select(static item => item.Word("last_changed_at")!).Order(StringComparer.Ordinal).ToList();
        var (from, to) = (times[75], times[225]);

        await ShouldFind($"changed_after={from}", item =>
            string.CompareOrdinal(item.Word("last_changed_at"), from) > 0
        );
        await ShouldFind($"changed_before={to}", item => string.CompareOrdinal(item.Word("last_changed_at"), to) < 0);
        var zoned = DateTimeOffset.Parse(from).ToOffset(TimeSpan.FromHours(2)).ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz");
        await ShouldFind($"changed_after={Uri.EscapeDataString(zoned)}", item =>
            string.CompareOrdinal(item.Word("last_changed_at"), from) > 0
        );
    }

    [Fact]
    public Task Filters_hold_together() =>
        ShouldFind("phase=ended&outcome=failed&attention=conflicting_outcome&node_type=sms", item =>
            item.Word("outcome") == "failed"
            && Words(item, "attention").Contains("conflicting_outcome")
            && Words(item, "node_types").Contains("sms")
        );

    [Theory]
    [InlineData("phase")]
    [InlineData("outcome")]
    [InlineData("status")]
    [InlineData("name")]
    public async Task Counts_agree_with_the_list(string groupBy)
    {
        var counts = (await api.Client.GetAsync($"/workflow-counts?group_by={groupBy}&name=listed%20"))
            .Expect(200)
            .Json;

        counts.Number("total").ShouldBe(ListedWorkflows.Count);
        counts
            .Items("groups")
            .ToDictionary(static group => group.Word("key") ?? "null", static group => group.Number("count"))
            .ShouldBe(
                _all.GroupBy(item => Key(item, groupBy))
                    .ToDictionary(static group => group.Key, static group => (long)group.Count()),
                ignoreOrder: true
            );
        counts
            .Items("groups")
            .Select(static group => group.Number("count"))
            .ShouldBe(counts.Items("groups").Select(static group => group.Number("count")).OrderDescending());
    }

    [Fact]
    public async Task Counts_take_the_filters_and_go_by_phase_if_nothing_is_said()
    {
        var counts = (await api.Client.GetAsync("/workflow-counts?name=listed%20&outcome=completed&node_type=sms"))
            .Expect(200)
            .Json;

        var expected = _all.Count(static item =>
            item.Word("outcome") == "completed" && Words(item, "node_types").Contains("sms")
        );
        counts
            .GetRawText()
            .ShouldBe($$"""{"total":{{expected}},"groups":[{"key":"ended","count":{{expected}}}],"group_total":1}""");
    }

    [Fact]
    public async Task Counts_answer_as_many_groups_as_were_asked_for_and_count_all()
    {
        var counts = (await api.Client.GetAsync("/workflow-counts?group_by=name&name=listed%20&limit=2"))
            .Expect(200)
            .Json;

        counts.Items("groups").Count.ShouldBe(2);
        counts.Number("total").ShouldBe(ListedWorkflows.Count);
        counts
            .Number("group_total")
            .ShouldBe(_all.Select(static item => item.Word("workflow_name")).Distinct().Count());
    }

    private static string Key(JsonElement item, string groupBy) =>
        groupBy switch
        {
            "status" => item.Word("status")!.ToLowerInvariant().Replace('_', ' '),
            "name" => item.Word("workflow_name")!,
            _ => item.Word(groupBy) ?? "null",
        };

    private static List<string> Words(JsonElement item, string name) =>
        [.. item.Items(name).Select(static word => word.GetString()!)];

    private static IEnumerable<string?> Ids(IEnumerable<JsonElement> items) =>
        items.Select(static item => item.Word("workflow_id"));

    private async Task ShouldFind(string filter, Func<JsonElement, bool> matches)
    {
        var found = (await api.Client.GetAsync($"{Ours}&{filter}")).Expect(200).Json.Items("items");

        Ids(found).ShouldBe(Ids(_all.Where(matches)), ignoreOrder: true);
        found.Count.ShouldBeInRange(1, ListedWorkflows.Count - 1, "the filter must find some and leave some");
    }

    private List<JsonElement> Ordered(string sort)
    {
        var field = sort switch
        {
            "name" => "workflow_name",
            "first_received_at" => "first_received_at",
            _ => "last_changed_at",
        };
        var ascending = _all.OrderBy(
                item =>
                    Encoding.UTF8.GetBytes(sort == "name" ? item.Word(field)!.ToLowerInvariant() : item.Word(field)!),
                BytesComparer.Instance
            )
            .ThenBy(static item => Encoding.UTF8.GetBytes(item.Word("workflow_id")!), BytesComparer.Instance)
            .ToList();
        if (sort[0] == '-')
            ascending.Reverse();

        return ascending;
    }

    private sealed class BytesComparer : IComparer<byte[]>
    {
        public static readonly BytesComparer Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}

[Collection(OnSqlite.Name)]
public sealed class ListOnSqliteTests(SqliteApi api) : ListSuite(api);

[Collection(OnPostgres.Name)]
public sealed class ListOnPostgresTests(PostgresApi api) : ListSuite(api);
