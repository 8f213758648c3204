using System.Net;
using System.Text.RegularExpressions;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Proxies;

namespace Orleans.Workflow.Api.Tests.Proxies;

/// <summary>The service below a prefix of another site, behind nginx.</summary>
public sealed partial class PrefixTests
{
    private const string Prefix = "/notifications/v1";

    private static readonly string[] InvalidPrefixes =
    [
        "//evil.example",
        "/a\"onload=\"x",
        "/<script>",
        "/..",
        "javascript:alert(1)",
        "/a/",
        "/a b",
        "/a%2Fb",
    ];

    [Theory]
    [InlineData("the proxy takes the prefix off and names it")]
    [InlineData("the proxy takes the prefix off, a setting names it")]
    [InlineData("the proxy passes the prefix on, a setting names it")]
    public async Task Every_address_of_every_page_leads_below_the_prefix(string how)
    {
        var isNamed =
            how.EndsWith("names it", StringComparison.Ordinal) && !how.Contains("setting", StringComparison.Ordinal);
        var isPassedOn = how.Contains("passes", StringComparison.Ordinal);
        using var database = new SqliteFile();
        await using var api = await ApiProcess.StartAsync(
            database,
            isNamed ? "--Http:TrustedProxies=127.0.0.1" : $"--Http:PathBase={Prefix}",
            "--Http:DrainSeconds=0"
        );
        await using var nginx = await NginxProxy.StartAsync(
            $$"""
            location {{Prefix}}/ {
                proxy_pass {{(isPassedOn ? api.Root.GetLeftPart(UriPartial.Authority) : api.Root)}};
                proxy_set_header Host $http_host;
                {{(isNamed ? $"proxy_set_header X-Forwarded-Prefix {Prefix};" : "")}}
            }
            """
        );
        using var client = new ApiClient(nginx.Root, prefix: Prefix);
        var id = "a workflow/with #1";
        var sent = await client.PostAsync(RawBody.Bytes(RawBody.Of(id)), $"{Prefix}{ApiClient.Webhook}");
        var refused = (await client.PostAsync("{}"u8.ToArray(), $"{Prefix}{ApiClient.Webhook}"))
            .ExpectProblem(400, "$.workflow_id")
            .Word("rejection_id");
        sent.Expect(200);

        var seen = await Crawl(client, $"{Prefix}/console");

        var paths = seen.Select(static url => url[Prefix.Length..].Split('?')[0]).ToHashSet();
        foreach (
            var page in (string[])
                [
                    "/console",
                    "/console/workflows",
                    "/console/vocabulary",
                    "/console/sources",
                    "/console/refused",
                    $"/console/refused/{refused}",
                    $"/console/receipts/{sent.Header("X-Receipt-Id")}",
                    "/docs",
                    "/console/workflows/-",
                ]
        )
            paths.ShouldContain(page);

        paths.ShouldContain(static path => path.StartsWith("/console/assets/", StringComparison.Ordinal));
        paths.ShouldContain("/events");

        var openApi = (await client.GetAsync($"{Prefix}/openapi/v1.json")).Expect(200).Json;
        openApi
            .Items("servers")
            .ShouldHaveSingleItem()
            .Word("url")
            .ShouldBe($"{nginx.Root.GetLeftPart(UriPartial.Authority)}{Prefix}");
        (await client.GetAsync($"{Prefix}/health/ready")).Expect(200);
    }

    [Fact]
    public async Task What_an_action_of_the_console_leads_to_is_below_the_prefix_too()
    {
        using var database = new SqliteFile();
        await using var api = await ApiProcess.StartAsync(
            database,
            $"--Http:PathBase={Prefix}",
            "--Http:DrainSeconds=0"
        );
        var refused = (await api.Client.PostAsync("{}"u8.ToArray()))
            .ExpectProblem(400, "$.workflow_id")
            .Word("rejection_id");

        var reply = (await api.Client.SendAsync("POST", $"{Prefix}/console/refused/{refused}/resend")).Expect(302);

        reply.Header("Location").ShouldBe($"{Prefix}/console/refused/{refused}");
    }

    [Fact]
    public async Task The_prefix_of_a_proxy_that_is_not_trusted_counts_for_nothing()
    {
        using var database = new SqliteFile();
        await using var api = await ApiProcess.StartAsync(database, "--Http:DrainSeconds=0");

        (await api.Client.GetAsync("/console", ("X-Forwarded-Prefix", "/elsewhere")))
            .Expect(200)
            .Text.ShouldNotContain("elsewhere");
    }

    [Fact]
    public async Task An_invalid_prefix_is_ignored()
    {
        using var database = new SqliteFile();
        await using var api = await ApiProcess.StartAsync(
            database,
            "--Http:TrustedProxies=127.0.0.1",
            "--Http:DrainSeconds=0"
        );
        (await api.Client.GetAsync("/console", ("X-Forwarded-Prefix", "/valid")))
            .Expect(200)
            .Text.ShouldContain("href=\"/valid/console/workflows\"");
        foreach (var prefix in InvalidPrefixes)
        {
            var page = (await api.Client.GetAsync("/console", ("X-Forwarded-Prefix", prefix))).Expect(200).Text;

            page.ShouldContain("href=\"/console/workflows\"", customMessage: prefix);
        }
    }

    [Fact]
    public async Task A_secret_in_a_path_below_the_prefix_is_redacted_too()
    {
        using var database = new SqliteFile();
        await using var api = await ApiProcess.StartAsync(
            database,
            $"--Http:PathBase={Prefix}",
            "--Sources:guarded:Secrets:0=the-secret-below-the-prefix",
            "--Http:DrainSeconds=0"
        );
        foreach (
            var path in (string[])
                [
                    "/webhooks/guarded/the-secret-below-the-prefix/workflow-status",
                    $"{Prefix}/webhooks/guarded/the-secret-below-the-prefix/workflow-status",
                ]
        )
        {
            (await api.Client.PostAsync(RawBody.Bytes(RawBody.Of(Report.NewId())), path)).Expect(200);
            (await api.Client.PostAsync(RawBody.Bytes(RawBody.Of(Report.NewId())), path + "es")).Expect(404);
        }

        var output = await Until.Async(
            "it is logged",
            () => Task.FromResult(api.Output.ToString()),
            static text => text.Contains("[1302]", StringComparison.Ordinal)
        );
        output.ShouldNotContain("the-secret-below");
    }

    /// <summary>Follows every address of every page; each must be below the prefix and be answered.</summary>
    private static async Task<HashSet<string>> Crawl(ApiClient client, string first)
    {
        var (seen, next) = (new HashSet<string> { first }, new Queue<string>([first]));
        while (next.TryDequeue(out var url))
        {
            // A feed has no end.
            if (url.Contains("/events", StringComparison.Ordinal))
                continue;

            var reply = await client.GetAsync(url);
            reply.Status.ShouldBeOneOf([200, 302], url);
            if (reply.ContentType?.MediaType != "text/html" || url.Contains("/docs", StringComparison.Ordinal))
                continue;

            foreach (
                var address in Address()
                    .Matches(reply.Text)
                    .Select(static match => WebUtility.HtmlDecode(match.Groups["url"].Value))
            )
            {
                if (address is ['#', ..] || address.Length == 0)
                    continue;

                address.ShouldStartWith(Prefix + "/", customMessage: $"on {url}");
                var target = address.Split('#')[0];

                // Each filter leads to all others: two of them are enough.
                if (!IsForm(target) && target.Count('&') < 2 && seen.Add(target))
                    next.Enqueue(target);
            }

            seen.Count.ShouldBeLessThan(1_000);
        }

        return seen;
    }

    private static bool IsForm(string address) =>
        ((string[])["/try", "/resend", "/review"]).Any(form => address.Split('?')[0].EndsWith(form));

    [GeneratedRegex(
        """\s(?:href|src|action|formaction|data-events)="(?<url>[^"]*)" """,
        RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Address();
}
