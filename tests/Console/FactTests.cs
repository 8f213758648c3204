using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Console.Tests.Traffic;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>Calls, messages and completed entries: counted, drawn, listed, searched.</summary>
public sealed class FactTests(ConsoleFixture console)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Path => $"/console/workflows/{console.Campaign.Id}";

    [Fact]
    public async Task A_workflow_shows_the_progress_of_its_list_and_its_facts_counted()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync(Path);

        var bar = page.GetByRole(AriaRole.Progressbar);
        await Expect(bar).ToHaveAccessibleNameAsync("84 of 120 entries seen so far are completed · 70 %");
        await Expect(bar).ToHaveAttributeAsync("value", "84");
        await Expect(bar).ToHaveAttributeAsync("max", "120");
        await Expect(page.Locator(".list-progress .note")).ToContainTextAsync("36 entries are still open.");
        await Expect(page.Locator(".fact-kinds a"))
            .ToHaveTextAsync(["84 list completions", "120 calls", "9 custom API pushes", "110 WhatsApp statuses"]);

        await page.GetByText("110 WhatsApp statuses").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Uri(console.Address, $"{Path}/facts?kind=waba_status").AbsoluteUri);
        await Expect(page.Locator("#by-kind")).ToHaveValueAsync("waba_status");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_calls_or_messages_there_is_a_count_and_no_bar()
    {
        var campaign = new FactTraffic("Only completions");
        await SendAsync(campaign, "workflow-status", campaign.Announcement);
        await SendAsync(campaign, "list-completion", campaign.Completion(0));
        await SendAsync(campaign, "list-completion", campaign.Completion(0));
        await using var window = await console.Chromium.OpenAsync();

        var page = await window.GoAsync($"/console/workflows/{campaign.Id}");

        await Expect(page.Locator(".list-words")).ToHaveTextAsync("1 entry of the list is completed");
        await Expect(page.Locator(".list-progress .note")).ToContainTextAsync("the vendor does not say");
        await Expect(page.GetByRole(AriaRole.Progressbar)).ToHaveCountAsync(0);

        // A call of another entry is a measure, and the page follows by itself.
        await SendAsync(campaign, "call-completion", campaign.Call(1, "3"));
        await Expect(page.GetByRole(AriaRole.Progressbar))
            .ToHaveAccessibleNameAsync("1 of 2 entries seen so far are completed · 50 %", new() { Timeout = 20_000 });

        // So does one of a node that is known, which changes nothing of the workflow.
        await SendAsync(campaign, "call-completion", campaign.Call(2, "3"));
        await Expect(page.GetByRole(AriaRole.Progressbar))
            .ToHaveAccessibleNameAsync("1 of 3 entries seen so far are completed · 33 %", new() { Timeout = 20_000 });
        (await page.CodeInTextAsync()).ShouldBeEmpty();
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_node_shows_its_calls_by_value_with_numbers_meanings_and_bars()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync(Path);
        var node = page.Locator($".node[data-key='{console.Campaign.Calls}']");

        var rows = node.GetByRole(AriaRole.List, new() { Name = "Calls by reason of the end" })
            .GetByRole(AriaRole.Listitem);

        (await rows.AllInnerTextsAsync())
            .Select(static text => text.ReplaceLineEndings(" "))
            .ShouldBe([
                "talked12 41 34 %",
                "user hung up14 25 21 %",
                "busy3 19 16 %",
                "answering machine16 14 12 %",
                "switched off6 9 8 %",
                "wrong number9 5 4 %",
                "no reason given 2 2 %",
            ]);
        await Expect(rows.First.Locator(".fact-fill")).ToHaveAttributeAsync("width", "34.17%");
        await Expect(node.GetByText("2 more values"))
            .ToHaveAttributeAsync("href", $"{Path}/nodes/{console.Campaign.Calls}/facts");

        // By keyboard, to the calls with that reason.
        await rows.Nth(1).GetByRole(AriaRole.Link).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Voicebot Call1_a9c2ad");
        await Expect(page.Locator(".fact-rows tbody tr")).ToHaveCountAsync(25);
        await Expect(page.Locator(".fact-value[aria-current]")).ToHaveTextAsync("user hung up14");
        await Expect(page.Locator(".by-value > .note")).ToContainTextAsync("the vendor does not document it");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_of_facts_put_together_are_the_whole()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"{Path}/facts");
        var receipts = new List<string>();
        while (true)
        {
            receipts.AddRange(
                await page.Locator(".fact-rows tbody tr")
                    .EvaluateAllAsync<string[]>("rows => rows.map(row => row.dataset.key)")
            );
            var next = page.Locator(".pager a[rel=next]");
            if (await next.CountAsync() == 0)
                break;

            await page.GotoAsync(new Uri(console.Address, await next.GetAttributeAsync("href")).AbsoluteUri);
        }

        receipts.Count.ShouldBe(84 + 120 + 110 + 9);
        receipts.ShouldBeUnique();
        await page.Locator(".pager a[rel=first]").ClickAsync();
        await Expect(page.Locator(".fact-rows tbody tr")).ToHaveCountAsync(50);
        window.Complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("by-value", "read", 44)]
    [InlineData("by-case", "c-000004", 5)]
    [InlineData("by-callee", "+15550100004", 5)]
    [InlineData("by-callee", "15550100100", 1)]
    [InlineData("by-after", "2020-01-01T10:00", 50)]
    [InlineData("by-before", "2020-01-01T10:00", 0)]
    public async Task The_list_follows_what_is_typed(string field, string text, int rows)
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"{Path}/facts");

        await page.Locator($"#{field}").FillAsync(text);

        var name = await page.Locator($"#{field}").GetAttributeAsync("name");
        await page.WaitForFunctionAsync("name => new URLSearchParams(location.search).has(name)", name);
        await Expect(page.Locator(".fact-rows tbody tr")).ToHaveCountAsync(rows, new() { Timeout = 10_000 });
        if (rows == 0)
            await Expect(page.Locator(".nothing-title")).ToHaveTextAsync("No matching facts");

        await page.ReloadAsync();
        await Expect(page.Locator($"#{field}")).ToHaveValueAsync(text);
        await page.GetByText("Clear", new() { Exact = true }).ClickAsync();
        await Expect(page.Locator($"#{field}")).ToHaveValueAsync("");
        await Expect(page.Locator(".fact-rows tbody tr")).ToHaveCountAsync(50);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_fact_opens_with_its_raw_JSON()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"{Path}/facts?case_id={FactTraffic.Case(7)}&kind=call_completion");

        await page.Locator(".fact-rows tbody a[data-drawer]").FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("#drawer h1")).ToHaveTextAsync("Call");
        await Expect(page.Locator("#drawer .json")).ToContainTextAsync("\"callee\": \"15550100007\"");
        await Expect(page.Locator("#drawer .facts")).ToContainTextAsync("talked");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_person_is_searched_from_the_navigation_by_keyboard()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console");
        await page.GetByRole(AriaRole.Navigation, new() { Name = "Console" })
            .GetByText("Facts", new() { Exact = true })
            .ClickAsync();
        await Expect(page.Locator(".nothing-title")).ToHaveTextAsync("Search for a callee or a case id");

        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("#search")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("15550100007");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator(".fact-rows tbody tr")).ToHaveCountAsync(5);
        await Expect(page.Locator(".fact-rows .c-of a").First).ToHaveTextAsync("Winter campaign MX 12");
        await page.Locator(".c-case a").First.ClickAsync();
        await Expect(page.Locator("#by-case")).ToHaveValueAsync(FactTraffic.Case(7));
        await Expect(page.Locator(".fact-rows tbody tr")).ToHaveCountAsync(5);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_no_workflow_is_called_is_searched_in_the_facts()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"/console/workflows?q={Uri.EscapeDataString(FactTraffic.Number(8))}");

        await page.GetByText("a callee").ClickAsync();

        await Expect(page.Locator("#search")).ToHaveValueAsync(FactTraffic.Number(8));
        await Expect(page.Locator(".fact-rows tbody tr")).ToHaveCountAsync(5);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Lists_and_search_work_without_script()
    {
        await using var window = await console.Chromium.OpenAsync(
            new BrowserNewContextOptions { JavaScriptEnabled = false }
        );
        var page = await window.GoAsync($"{Path}/facts");
        await page.Locator("#by-kind").SelectOptionAsync("custom_node");
        await page.GetByText("Apply").ClickAsync();
        await Expect(page.Locator(".fact-rows tbody tr")).ToHaveCountAsync(9);

        await window.GoAsync("/console/facts");
        await page.Locator("#by-case").FillAsync(FactTraffic.Case(100));
        await page.GetByText("Search", new() { Exact = true }).ClickAsync();
        await Expect(page.Locator(".fact-rows tbody tr")).ToHaveCountAsync(1);
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Odd_values_and_ids_are_shown_as_what_they_are()
    {
        const string Odd = "a/b?c#d'\\\"><img src=x onerror=alert(1)>\\u202Eevil";
        const string Shown = "a/b?c#d'\"><img src=x onerror=alert(1)>U+202Eevil";
        var body = $$"""
            {"workflow_id":"odd/<facts","workflow_name":"Odd","nodetask_id":"n/{{Odd}}","nodetask_name":"{{Odd}}",
             "case_id":"{{Odd}}","callid":"1","callee":"{{Odd}}","hangup_reason":"{{Odd}}"}
            """;
        (
            await console.Sender.SendAsync(
                "airudder",
                System.Text.Encoding.UTF8.GetBytes(body),
                Cancel,
                "call-completion"
            )
        ).ShouldBe(200);
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console/workflows/-/facts?workflow_id=odd%2F%3Cfacts");

        foreach (var cell in (string[])["c-value", "c-case", "c-callee"])
            await Expect(page.Locator($".{cell} bdi")).ToHaveTextAsync(Shown);

        foreach (var link in (string[])[".c-of a", "a.fact-value", ".c-case a", ".c-callee a"])
        {
            var address = await page.Locator(link).First.GetAttributeAsync("href");
            var reached = await window.OpenPageAsync(console.Address, address!);
            await Expect(reached.Locator(".fact-rows tbody tr")).ToHaveCountAsync(1);
            (await reached.CodeInTextAsync()).ShouldBeEmpty();
        }

        // The form keeps the ids that the path does not have.
        await page.Locator("#by-kind").SelectOptionAsync("dialer");
        await Expect(page.Locator(".nothing-title")).ToHaveTextAsync("No matching facts");
        await page.GetByText("Show all facts").ClickAsync();
        await Expect(page.Locator(".fact-rows tbody tr")).ToHaveCountAsync(1);
        window.Complaints.ShouldBeEmpty();
    }

    private async Task SendAsync(FactTraffic campaign, string kind, byte[] body) =>
        (await console.Sender.SendAsync("airudder", body, Cancel, kind)).ShouldBe(200, campaign.Id);
}
