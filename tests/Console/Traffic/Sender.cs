using System.Net.Http.Headers;
using Orleans.Workflow.Testing.Campaigns;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Console.Tests.Traffic;

/// <summary>Sends notifications to a product that runs.</summary>
internal sealed class Sender(Uri address) : IDisposable
{
    private const int AtOnce = 16;
    private readonly HttpClient _http = new(new ContractHandler()) { BaseAddress = address };

    /// <summary>Sends the deliveries of many workflows: those of one in their order, many workflows at once.</summary>
    public Task SendAllAsync(IEnumerable<IEnumerable<Delivery>> workflows, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            workflows,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (deliveries, token) =>
            {
                foreach (var delivery in deliveries)
                    (await SendAsync(delivery.Source, VendorJson.Write(delivery.Notification), token)).ShouldBe(200);
            }
        );

    /// <summary>Sends a campaign with all its facts, many at once.</summary>
    public async Task SendAllAsync(FactTraffic campaign, CancellationToken cancellationToken)
    {
        (await SendAsync("airudder", campaign.Announcement, cancellationToken)).ShouldBe(200);
        await Parallel.ForEachAsync(
            campaign.Facts(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (fact, token) => (await SendAsync("airudder", fact.Body, token, fact.Kind)).ShouldBe(200)
        );
    }

    /// <summary>Sends one body and gives the status code of the answer.</summary>
    public async Task<int> SendAsync(
        string source,
        byte[] body,
        CancellationToken cancellationToken,
        string kind = "workflow-status"
    )
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await _http.PostAsync(
            new Uri($"/webhooks/{source}/{kind}", UriKind.Relative),
            content,
            cancellationToken
        );
        return (int)answer.StatusCode;
    }

    public void Dispose() => _http.Dispose();
}
