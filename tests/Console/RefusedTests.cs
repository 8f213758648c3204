using System.Text;
using Orleans.Workflow.Console.Tests.Hosting;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Contracts;
using static Microsoft.Playwright.Assertions;

namespace Orleans.Workflow.Console.Tests;

/// <summary>What was refused, and sending it again.</summary>
public sealed class RefusedTests(ConsoleFixture console)
{
    [Fact]
    public async Task A_refused_request_that_is_still_wrong_is_refused_again_and_says_why()
    {
        await RefuseAsync("""{"workflow_id":"r1","workflow_name":"Loan","actions":[]}""");
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console/refused");

        await page.Locator(".refused tbody a").First.ClickAsync();
        await Expect(page.Locator(".notice.bad")).ToContainTextAsync("status");
        await page.GetByText("Send it again").ClickAsync();

        await Expect(page.Locator("[aria-label='Sent again']")).ToContainTextAsync("refused again");
        (await page.CodeInTextAsync()).ShouldBeEmpty();
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refused_request_whose_cause_is_repaired_is_accepted_and_leads_to_its_receipt()
    {
        // The kept body is replaced by a valid one: the same happens when a later release accepts what was refused.
        var id = CampaignModel.Hex("console/repaired");
        await RefuseAsync("{");
        await console.RepairLatestRefusedAsync(
            Encoding.UTF8.GetBytes(
                $$"""{"workflow_id":"{{id}}","workflow_name":"Repaired","status":"finished","actions":[]}"""
            )
        );
        await using var window = await console.Chromium.OpenAsync();
        var page = await window.GoAsync("/console/refused");
        await page.Locator(".refused tbody a").First.ClickAsync();

        await page.GetByText("Send it again").ClickAsync();

        await Expect(page.Locator("[aria-label='Sent again']")).ToContainTextAsync("accepted, effect advanced");
        (await page.CodeInTextAsync()).ShouldBeEmpty();
        await page.GetByText("The receipt").ClickAsync();
        await Expect(page.Locator("#drawer .json")).ToContainTextAsync(id);
        await window.GoAsync($"/console/workflows/{id}");
        await Expect(page.Locator(".subject .status")).ToHaveTextAsync("finished");
        window.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_site_can_not_send_it_again()
    {
        using var http = new HttpClient(new ContractHandler()) { BaseAddress = console.Address };
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri($"/console/refused/{Guid.Empty}/resend", UriKind.Relative)
        );
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        request.Headers.Add("Origin", "https://elsewhere.example");

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(403);
    }

    private async Task RefuseAsync(string body) =>
        (
            await console.Sender.SendAsync(
                "airudder",
                Encoding.UTF8.GetBytes(body),
                TestContext.Current.CancellationToken
            )
        ).ShouldBe(400);
}
