using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>Senders that are too slow or send too much: they are cut off, and no other sender waits for them.</summary>
[Collection(OnGuarded.Name)]
public sealed class SlowSenderTests(GuardedApi api)
{
    private const string Post = "POST /webhooks/near/workflow-status HTTP/1.1\r\nHost: x\r\n";
    private const string LongBody = Post + "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Headers_that_do_not_end_are_cut_off()
    {
        using var slow = await RawConnection.OpenAsync(api.Process.Root);
        await slow.SendAsync(Post);

        var dripping = slow.DripAsync("X-More: 1\r\n", Pause);
        await ShouldServeOthers();
        await dripping;

        (await slow.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 408 ");
    }

    [Fact]
    public async Task A_body_that_takes_too_long_is_answered_and_cut_off()
    {
        using var slow = await RawConnection.OpenAsync(api.Process.Root);
        await slow.SendAsync(LongBody);

        // Fast enough for the server's least rate, 240 bytes a second.
        var dripping = slow.DripAsync(new string(' ', 100), Pause);
        await ShouldServeOthers();
        await dripping;

        var answer = await slow.ReadToEndAsync();
        answer.ShouldStartWith("HTTP/1.1 408 ");
        answer.ShouldContain("The request came too slowly.");
    }

    [Fact]
    public async Task A_body_that_never_comes_is_answered_and_cut_off()
    {
        using var silent = await RawConnection.OpenAsync(api.Process.Root);
        await silent.SendAsync(LongBody);

        (await silent.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 408 ");
    }

    [Fact]
    public async Task A_stranger_is_refused_before_its_body()
    {
        using var stranger = await RawConnection.OpenAsync(api.Process.Root);
        await stranger.SendAsync(LongBody.Replace("near", "guarded", StringComparison.Ordinal));

        (await stranger.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 401 ");
    }

    [Fact]
    public async Task An_invalid_chunk_is_refused_and_not_logged()
    {
        using var broken = await RawConnection.OpenAsync(api.Process.Root);
        await broken.SendAsync(
            Post + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n\r\n"
        );

        (await broken.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 400 ");
        api.Process.Output.ToString().ShouldNotContain("unhandled exception");
    }

    [Theory]
    [InlineData("many headers", 431)]
    [InlineData("a large header", 431)]
    [InlineData("a long line", 414)]
    public async Task Too_much_before_the_body_is_refused(string what, int status)
    {
        using var connection = await RawConnection.OpenAsync(api.Process.Root);
        await connection.SendAsync(
            what switch
            {
                "many headers" =>
                    $"{Post}{string.Concat(Enumerable.Range(0, 101).Select(static i => $"X-{i}: 1\r\n"))}\r\n",
                "a large header" => $"{Post}X-Large: {new string('x', 40_000)}\r\n\r\n",
                _ => $"GET /workflows?name={new string('x', 10_000)} HTTP/1.1\r\nHost: x\r\n\r\n",
            }
        );

        (await connection.ReadToEndAsync()).ShouldStartWith($"HTTP/1.1 {status} ");
    }

    private async Task ShouldServeOthers() => (await api.SendAsync("/webhooks/near/workflow-status")).Expect(200);
}
