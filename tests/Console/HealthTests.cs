using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Postgres;
using Orleans.Workflow.Testing.Processes;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>Whether the service is well, on each page and in detail.</summary>
public sealed partial class HealthTests(ConsoleFixture console, ITestOutputHelper output)
{
    /// <summary>A limit for a machine that is busy.</summary>
    private const float Soon = 60_000;

    private const string Secret = "a-secret-of-a-reader-that-is-long-enough";

    [Fact]
    public async Task Each_page_says_how_the_service_is_also_without_script()
    {
        await using var window = await console.Chromium.OpenAsync(
            new BrowserNewContextOptions { JavaScriptEnabled = false }
        );
        foreach (var (_, path) in await console.PagesAsync())
        {
            var page = await window.GoAsync(path);

            await Expect(Item(page, "database")).ToHaveTextAsync("Database ok");
            await Expect(Item(page, "silos")).ToHaveTextAsync("Silos 1 of 1");
            await Expect(Item(page, "ack")).ToHaveTextAsync(Acknowledgement());
            await Expect(Item(page, "5xx")).ToHaveTextAsync("5xx 0");
            await Expect(Item(page, "queue")).ToHaveTextAsync(Queue());
            await Expect(page.Locator(".health-who")).ToContainTextAsync("0.1.0");
            await Expect(page.Locator(".health-me")).ToContainTextAsync("anonymous");
            await Expect(page.Locator(".health-role")).ToHaveTextAsync("admin");
            await Expect(page.Locator(".health-word")).ToHaveTextAsync(Works());
        }
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_sees_who_it_is_and_what_it_may_do()
    {
        await using var guarded = await ConsoleInstance.StartAsync(
            null,
            "--Sources:airudder:AllowAnonymous=true",
            $"--Access:Keys:wall:Secrets:0={Secret}",
            "--Access:Keys:wall:Role=read"
        );
        await using var window = await console.Chromium.OpenAsync(
            new BrowserNewContextOptions
            {
                ExtraHTTPHeaders = new Dictionary<string, string> { ["X-Api-Key"] = Secret },
            }
        );

        var page = await window.OpenPageAsync(guarded.Address, "/console/health");

        await Expect(page.Locator(".health-me .name")).ToHaveTextAsync("wall");
        await Expect(page.Locator(".health-role")).ToHaveTextAsync("read");
        await Expect(page.Locator(".processes tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator(".incidents")).ToHaveCountAsync(0);
        await Expect(page.Locator(".nothing")).ToContainTextAsync("No incidents");
    }

    [Fact]
    public async Task An_outage_of_the_database_is_one_incident_with_its_requests()
    {
        const int Requests = 36;
        var cancel = TestContext.Current.CancellationToken;
        await using var server = await PostgresServer.StartNewAsync("shared_buffers=32MB");
        await using var service = await ConsoleInstance.StartAsync(await server.CreateDatabaseAsync("incident"));
        (await service.Sender.SendAsync("airudder", Body("before"), cancel)).ShouldBe(200);
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.OpenPageAsync(service.Address, "/console");
        await Expect(page.Locator(".health-word")).ToHaveTextAsync("Healthy", new() { Timeout = Soon });

        await server.StopAsync();
        for (var i = 0; i < Requests; i++)
            (await service.Sender.SendAsync("airudder", Body($"meanwhile-{i}"), cancel)).ShouldBe(503);

        // Nothing of the page can be read, and the strip says why and since when.
        await Expect(page.Locator("#stale")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(page.Locator(".health-word")).ToHaveTextAsync("Failing", new() { Timeout = Soon });
        await Expect(Item(page, "database")).ToContainTextAsync("failing since");
        await Expect(Item(page, "5xx")).ToHaveTextAsync($"5xx {Requests}", new() { Timeout = Soon });
        var health = await window.OpenPageAsync(service.Address, "/console/health");
        await Expect(health.Locator(".incidents tbody tr")).ToHaveCountAsync(1);
        await Expect(health.Locator(".incidents tbody tr")).ToContainTextAsync("lasts");

        await server.StartAsync();

        var row = health.Locator(".incidents tbody tr");
        await Expect(row).Not.ToContainTextAsync("lasts", new() { Timeout = Soon });
        await Expect(row.Locator("[data-label=Requests]")).ToHaveTextAsync($"{Requests} × 5xx");
        await Expect(row).ToHaveCountAsync(1);
        await Expect(Item(page, "database")).ToHaveTextAsync("Database ok", new() { Timeout = Soon });
        await Expect(page.Locator(".incident-marks li")).ToHaveCountAsync(1, new() { Timeout = Soon });
        await Expect(page.Locator(".incident-marks")).ToContainTextAsync($"{Requests} × 5xx");
        await Expect(page.Locator(".incident-band")).ToHaveCountAsync(1);

        await Screenshots.KeepAsync(page, "incident-light");

        // It is stored: another process shows it too.
        await service.RestartAsync([]);
        var later = await window.OpenPageAsync(service.Address, "/console/health");
        await Expect(later.Locator(".incidents tbody tr")).ToHaveCountAsync(1);
        await Expect(later.Locator(".incidents [data-label=Requests]")).ToHaveTextAsync($"{Requests} × 5xx");
        output.WriteLine(await later.Locator(".incidents tbody tr").InnerTextAsync());
    }

    [Fact]
    public async Task A_burst_of_refused_requests_is_one_incident()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var service = await ConsoleInstance.StartAsync();
        var sent = Enumerable.Range(0, 30).Select(_ => service.Sender.SendAsync("airudder", "{}"u8.ToArray(), cancel));
        (await Task.WhenAll(sent)).ShouldAllBe(static status => status == 400);

        await using var window = await console.Chromium.OpenAsync();
        var page = await window.OpenPageAsync(service.Address, "/console/health");

        var row = page.Locator(".incidents tbody tr");
        await Expect(row).ToHaveCountAsync(1, new() { Timeout = Soon });
        await Expect(row).ToContainTextAsync("Refused requests");
        await Expect(row).ToContainTextAsync("answers 400");
        await Expect(row.Locator("[data-label=Requests]")).ToHaveTextAsync("30 × 4xx", new() { Timeout = Soon });
        await Expect(Item(page, "4xx")).ToHaveTextAsync("4xx 30");
        await Expect(row).Not.ToContainTextAsync("lasts", new() { Timeout = Soon });
        (await page.CodeInTextAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_silo_that_is_killed_is_missing_and_one_that_leaves_is_not()
    {
        await using var server = await PostgresServer.StartNewAsync("shared_buffers=32MB");
        var database = await server.CreateDatabaseAsync("silos");
        await using var service = await ConsoleInstance.StartAsync(database);
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.OpenPageAsync(service.Address, "/console/health");
        await using var leaving = await StartSiloAsync(database);
        await using var dying = await StartSiloAsync(database);
        await Expect(Item(page, "silos")).ToHaveTextAsync("Silos 3 of 3", new() { Timeout = Soon });
        await Expect(page.Locator(".processes tbody tr")).ToHaveCountAsync(3);

        await leaving.StopAsync(TimeSpan.FromSeconds(60));
        await Expect(Item(page, "silos")).ToHaveTextAsync("Silos 2 of 2", new() { Timeout = Soon });
        dying.Kill();

        await Expect(Item(page, "silos")).ToHaveTextAsync("Silos 1 of 2", new() { Timeout = Soon });
        await Expect(page.Locator(".health-word")).ToHaveTextAsync("Degraded");
        await Expect(page.Locator(".processes .gone")).ToContainTextAsync("not reporting");
        await Expect(page.Locator(".processes .gone")).ToContainTextAsync("last report");
    }

    [Fact]
    public async Task Of_a_service_that_does_not_answer_nothing_is_claimed()
    {
        await using var service = await ConsoleInstance.StartAsync();
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.OpenPageAsync(service.Address, "/console/refused");
        await Expect(page.Locator(".health-word")).ToHaveTextAsync("Healthy", new() { Timeout = Soon });

        await service.KillAsync();

        await Expect(page.Locator(".health-lost")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(page.Locator(".health-verdict")).ToContainTextAsync("Unknown");
        await Expect(page.Locator(".health-word")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_page_that_stays_as_it_is_still_shows_how_the_service_is()
    {
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync($"/console/workflows/{await console.ConflictAsync()}?version=1");
        (await page.Locator("#main").GetAttributeAsync("data-events")).ShouldBeNullOrEmpty();
        await Expect(page.Locator(".health-at")).ToContainTextAsync("ago", new() { Timeout = Soon });
        var before = await At(page);

        await Expect(page.Locator(".health-at time"))
            .Not.ToHaveAttributeAsync("datetime", before, new() { Timeout = Soon });
        await Expect(page.Locator(".health-verdict a")).Not.ToHaveAttributeAsync("aria-current", "page");
        window.Complaints.ShouldBeEmpty();
    }

    private static ILocator Item(IPage page, string key) => page.Locator($".health-item[data-key='{key}']");

    private static async Task<string> At(IPage page) =>
        (await page.Locator(".health-at time").GetAttributeAsync("datetime")).ShouldNotBeNull();

    private static async Task<ServiceProcess> StartSiloAsync(string database)
    {
        var ports = FreePort.Next(3);
        var silo = ServiceProcess.Start(
            WorkingCopy.Api,
            [
                $"--urls=http://127.0.0.1:{ports[0]}",
                "--Storage:Provider=Postgres",
                $"--ConnectionStrings:Workflows={database}",
                $"--Cluster:SiloPort={ports[1]}",
                $"--Cluster:GatewayPort={ports[2]}",
            ],
            [new("ASPNETCORE_ENVIRONMENT", "Development")]
        );
        await silo.WaitUntilReadyAsync(
            new Uri($"http://127.0.0.1:{ports[0]}/health/ready"),
            TimeSpan.FromSeconds(120),
            TestContext.Current.CancellationToken
        );
        return silo;
    }

    private static byte[] Body(string id) =>
        VendorJson.Write(
            new StatusChange(
                id,
                "Incident",
                "running",
                [new StatusChangeAction("n1", "Call1", "call", "t1", "running")]
            )
        );

    // On a busy machine acknowledgements may be slow.
    [GeneratedRegex("^(Healthy|Degraded)$")]
    private static partial Regex Works();

    [GeneratedRegex(@"^Ack p50 [\d.]+ m?s, p99 [\d.]+ m?s$|^Ack none in 5 min$")]
    private static partial Regex Acknowledgement();

    [GeneratedRegex(@"^Queue \d+ of [\d,]+$")]
    private static partial Regex Queue();
}
