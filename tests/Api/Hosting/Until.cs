using System.Diagnostics;

namespace Orleans.Workflow.Api.Tests.Hosting;

/// <summary>Waits for a condition, with a deadline.</summary>
internal static class Until
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Asks again and again until the answer is as it should be.</summary>
    public static async Task<T> Async<T>(
        string what,
        Func<Task<T>> ask,
        Func<T, bool> isAsItShouldBe,
        TimeSpan? deadline = null
    )
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (isAsItShouldBe(answer))
                return answer;

            Stopwatch
                .GetElapsedTime(start)
                .ShouldBeLessThan(deadline ?? Deadline, $"{what}; the last answer was: {answer}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
