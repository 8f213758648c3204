using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Contracts;
using Orleans.Workflow.Testing.Processes;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>A reader sees words, never the markup or the code that a page is made of.</summary>
public sealed partial class VisibleTextTests(ConsoleFixture console)
{
    private const string Reader = "a-secret-of-a-reader-that-is-long-enough";
    private const string Admin = "a-secret-of-an-administrator-long-enough";

    [Fact]
    public async Task No_page_of_a_busy_service_shows_markup_or_code()
    {
        await using var window = await console.Chromium.OpenAsync();

        var (kinds, found) = await window.CrawlAsync(console.Address, $"/console/workflows/{console.Campaign.Id}");

        found.ShouldBeEmpty();
        string[] expected =
        [
            "/console",
            "/console/workflows",
            "/console/workflows?attention=",
            "/console/workflows?silent_for=&sort=",
            "/console/workflows/*",
            "/console/workflows/*?version=",
            "/console/workflows/*/explain",
            "/console/workflows/*/explain?node=",
            "/console/workflows/*/explain?node=&task=",
            "/console/workflows/*/facts",
            "/console/workflows/*/facts?kind=",
            "/console/workflows/*/facts?kind=&value=",
            "/console/workflows/*/facts?cursor=",
            "/console/workflows/*/nodes/*/facts",
            "/console/workflows/*/nodes/*/facts?kind=&value=",
            "/console/facts",
            "/console/facts?callee=",
            "/console/facts?case_id=",
            "/console/receipts/*",
            "/console/vocabulary",
            "/console/sources",
            "/console/refused",
            "/console/refused/*",
            "/console/health",
        ];
        expected.Except(kinds).ShouldBeEmpty();
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_overview_counts_silent_workflows_in_words()
    {
        await using var window = await console.Chromium.OpenAsync();

        var page = await window.GoAsync("/console");

        // The first count takes a moment; the page updates itself.
        await Expect(page.Locator("#silent")).ToHaveTextAsync(Silent(), new() { Timeout = 60_000 });
    }

    [Fact]
    public async Task No_page_of_an_empty_service_and_no_error_shows_markup_or_code()
    {
        await using var empty = await ConsoleInstance.StartAsync();
        await using var window = await console.Chromium.OpenAsync();

        var (_, found) = await window.CrawlAsync(empty.Address);

        found.ShouldBeEmpty();
        foreach (
            var (path, status) in ((string, int)[])
                [
                    ("/console/none", 404),
                    ("/console/workflows/none", 404),
                    ("/console/workflows/none/explain", 404),
                    ("/console/workflows/none/facts", 404),
                    ("/console/workflows/none/nodes/none/facts", 404),
                    ("/console/facts", 200),
                    ("/console/facts?kind=dialer", 200),
                    ("/console/facts?case_id=none", 200),
                    ("/console/facts?kind=none", 400),
                    ("/console/facts?callee=1&cursor=none", 400),
                    ("/console/receipts/none", 404),
                    ("/console/refused/none", 404),
                    ("/console/workflows?sort=none", 400),
                    ("/console/workflows?silent_for=none", 400),
                    ("/console/workflows?q=none", 200),
                    ("/console/workflows?phase=ended", 200),
                    ("/console/vocabulary?word=none", 200),
                ]
        )
        {
            var page = await window.GoAsync(new Uri(empty.Address, path).ToString(), status);
            (await page.CodeInTextAsync()).ShouldBeEmpty(path);
        }
    }

    [Fact]
    public async Task No_page_shows_markup_or_code_after_a_refold_and_a_change_of_sources()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var odd = await ConsoleInstance.StartAsync(
            null,
            "--Sources:gone:AllowAnonymous=true",
            "--Sources:airudder:AllowAnonymous=true"
        );
        var id = CampaignModel.Hex("console/odd");
        ImmutableArray<StatusChangeAction> nodes =
        [
            .. Enumerable
                .Range(0, 60)
                .Select(task => new StatusChangeAction("n1", "Voicebot Call1", "call", $"t{task}", "quota wait")),
            .. Enumerable.Range(0, 10).Select(node => new StatusChangeAction($"m{node}", "", "", null, "puzzled")),
        ];
        string[] statuses =
        [
            "Not Started",
            "running",
            "paused",
            "running",
            "finished",
            "failed",
            "running",
            "finished",
        ];
        foreach (var status in statuses)
            (
                await odd.Sender.SendAsync("gone", VendorJson.Write(new StatusChange(id, "", status, nodes)), cancel)
            ).ShouldBe(200);

        var plain = VendorJson.Write(new StatusChange("plain", "No node", "running", []));
        (await odd.Sender.SendAsync("airudder", plain, cancel)).ShouldBe(200);
        for (var i = 0; i < 60; i++)
            (await odd.Sender.SendAsync("airudder", "{"u8.ToArray(), cancel)).ShouldBe(400);

        await odd.RestartAsync([
            "--Sources:airudder:AllowAnonymous=true",
            "--Vocabulary:Words:quota wait=failed",
            $"--Access:Keys:reader:Secrets:0={Reader}",
            $"--Access:Keys:admin:Secrets:0={Admin}",
            "--Access:Keys:admin:Role=admin",
        ]);
        using var http = new HttpClient(new ContractHandler()) { BaseAddress = odd.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Admin);
        using var started = await http.PostAsync(new Uri("/admin/refold", UriKind.Relative), null, cancel);
        started.IsSuccessStatusCode.ShouldBeTrue(await started.Content.ReadAsStringAsync(cancel));
        await UntilAsync(http, $"/workflows/{id}/receipts", "refold");
        foreach (var secret in (string[])[Admin])
        {
            await using var window = await console.Chromium.OpenAsync(
                new BrowserNewContextOptions
                {
                    HttpCredentials = new HttpCredentials
                    {
                        Username = "me",
                        Password = secret,
                        Send = HttpCredentialsSend.Always,
                    },
                }
            );
            var (kinds, found) = await window.CrawlAsync(odd.Address);
            found.ShouldBeEmpty();
            kinds.ShouldContain("/console/refused?before=");
            kinds.ShouldContain("/console/vocabulary?word=");
        }
    }

    /// <summary>Razor takes a word, an at sign and a word for an address, and shows what was meant as code.</summary>
    [Fact]
    public void No_page_has_code_that_Razor_takes_for_an_address()
    {
        var folder = Path.Combine(WorkingCopy.Root, "src", "Api", "Console");
        var pages = Directory.GetFiles(folder, "*.razor", SearchOption.AllDirectories);

        pages.Length.ShouldBeGreaterThan(20);
        pages
            .SelectMany(static file => File.ReadLines(file).Select(line => (File: Path.GetFileName(file), Line: line)))
            .Where(static read => Address().IsMatch(read.Line))
            .ShouldBeEmpty();
    }

    private static async Task UntilAsync(HttpClient http, string path, string word)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), limit.Token);
            if ((await answer.Content.ReadAsStringAsync(limit.Token)).Contains(word, StringComparison.Ordinal))
                return;

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, limit.Token);
        }
    }

    [GeneratedRegex("^Silent for over an hour: [1-9][0-9]*$")]
    private static partial Regex Silent();

    [GeneratedRegex(@"(?<!@[\w.]*)\w@(?:if|foreach|for|switch|while|using|[A-Z]\w*[.(])")]
    private static partial Regex Address();
}
