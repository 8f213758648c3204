using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>A feed is open for as long as the credential that opened it is good.</summary>
[Collection(OnGuarded.Name)]
public sealed class FeedCredentialTests(GuardedApi api) : IDisposable
{
    private readonly HttpClient _http = new(new ContractHandler()) { Timeout = Timeout.InfiniteTimeSpan };

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("/events")]
    [InlineData("/events?every=1s")]
    [InlineData("/workflows/w/events")]
    public async Task A_feed_that_was_opened_with_a_token_ends_with_the_token(string path)
    {
        var expiry = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(6);
        using var expiring = await Open(
            path,
            GuardedApi.Bearer(api.Issuer.Issue("read", validFor: TimeSpan.FromSeconds(6)))
        );
        using var lasting = await Open(
            path,
            GuardedApi.Bearer(api.Issuer.Issue("read", validFor: TimeSpan.FromMinutes(30)))
        );
        using var withKey = await Open(path, GuardedApi.Key(GuardedApi.OldReadKey));
        var others = Task.WhenAny(ReadToEnd(lasting), ReadToEnd(withKey));

        await ReadToEnd(expiring).WaitAsync(Deadline, TimeProvider.System, TestContext.Current.CancellationToken);

        // The token counts in whole seconds.
        TimeProvider.System.GetUtcNow().ShouldBeGreaterThan(expiry - TimeSpan.FromSeconds(1.1));
        others.IsCompleted.ShouldBeFalse();
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> Open(string path, (string Name, string Value) credential)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(api.Client.Root, path));
        request.Headers.TryAddWithoutValidation(credential.Name, credential.Value).ShouldBeTrue();
        var response = await _http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken
        );
        ((int)response.StatusCode).ShouldBe(200);
        return response;
    }

    private static async Task ReadToEnd(HttpResponseMessage response)
    {
        try
        {
            await response.Content.CopyToAsync(Stream.Null);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
