using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.Security;

/// <summary>How much a sender may send, and how much a guesser leaves behind.</summary>
[Collection(OnGuarded.Name)]
public sealed class RateTests(GuardedApi api)
{
    [Fact]
    public async Task A_source_may_send_as_often_as_is_set_and_no_more()
    {
        // 15 a second, which no whole number of tenths gives; and 15 at once to begin with.
        var start = TimeProvider.System.GetTimestamp();
        var accepted = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async _ =>
                {
                    while (TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(5))
                    {
                        var reply = await api.SendAsync("/webhooks/steady/workflow-status");
                        if (reply.Status == 200)
                            Interlocked.Increment(ref accepted);
                        else
                            reply.Expect(429).Header("Retry-After").ShouldBe("1");
                    }
                })
        );

        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        accepted.ShouldBeLessThanOrEqualTo(AllowedIn(seconds, 15, 15));
        accepted.ShouldBeGreaterThanOrEqualTo(15 + (int)(15 * 5 * 0.8));
    }

    [Fact]
    public async Task A_guesser_leaves_little_behind_and_slows_nobody_down()
    {
        using var database = new SqliteFile();
        await using var guessed = await ApiProcess.StartInProductionAsync(
            database,
            $"--Sources:guarded:Secrets:0={GuardedApi.OldSecret}",
            "--Access:AllowAnonymous=true"
        );
        var start = TimeProvider.System.GetTimestamp();
        var (kept, limited) = (0, 0);
        await Parallel.ForAsync(0, 600, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) =>
        {
            var path =
                number % 2 == 0 ? "/webhooks/guarded/workflow-status" : $"/webhooks/nobody-{number}/workflow-status";
            var guess = await guessed.Client.PostAsync(
                [],
                path,
                new string('x', 5_000),
                GuardedApi.Bearer($"guess-{number}")
            );
            if (guess.Status == 401)
            {
                Interlocked.Increment(ref kept);
            }
            else
            {
                int.Parse(guess.Expect(429).Header("Retry-After").ShouldNotBeNull()).ShouldBeGreaterThan(0);
                Interlocked.Increment(ref limited);
            }

            if (number % 50 == 0)
                (
                    await guessed.Client.PostAsync(
                        RawBody.Bytes(RawBody.Of(Report.NewId())),
                        "/webhooks/guarded/workflow-status",
                        headers: GuardedApi.Bearer(GuardedApi.OldSecret)
                    )
                ).Expect(200);
        });

        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        kept.ShouldBeLessThanOrEqualTo(AllowedIn(seconds, 10, 100));
        limited.ShouldBeGreaterThan(0);
        (await Number(database, "SELECT count(*) FROM rejected")).ShouldBe(kept);
        (await Number(database, "SELECT max(length(content_type)) FROM rejected")).ShouldBeLessThanOrEqualTo(256);
        await Until.Async(
            "all is logged",
            () => Task.FromResult(guessed.Output.Lines.Count(static line => line.Contains("\"EventId\":1300,"))),
            count => count == kept
        );
    }

    // A full bucket does not note the time, so its first token is put back at once: one more than the burst.
    // The other one is the tick that falls due as the time ends.
    private static int AllowedIn(double seconds, int perSecond, int burst) =>
        burst + 1 + (int)(perSecond * seconds) + 1;

    private static async Task<long> Number(SqliteFile database, string sql)
    {
        await using var connection = await database.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Statements come from these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }
}
