using System.Diagnostics;

namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>Waits for conditions. A deadline only bounds a test that fails.</summary>
internal static class Deadline
{
    /// <summary>
    /// How long anything may take on a busy machine; the variable is for a run that is expected to fail.
    /// </summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("TEST_DEADLINE_SECONDS"), out var seconds) ? seconds : 60
    );

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until something holds.</summary>
    public static async Task Until(Func<Task<bool>> holds, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(started) > Timeout)
                throw new TimeoutException($"Waited {Timeout.TotalSeconds} s for: {what}.");

            await Task.Delay(Between, TimeProvider.System);
        }
    }

    /// <summary>Waits until something holds.</summary>
    public static Task Until(Func<bool> holds, string what) => Until(() => Task.FromResult(holds()), what);

    /// <summary>Fails if something takes too long.</summary>
    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Timeout, TimeProvider.System);

    /// <summary>Fails if something takes too long.</summary>
    public static Task InTime(this Task task) => task.WaitAsync(Timeout, TimeProvider.System);
}
