namespace Orleans.Workflow.Api.Console;

/// <summary>Durations in words.</summary>
public static class Durations
{
    /// <summary>How long something lasts, in its two largest units, such as <c>4 d 17 h</c>.</summary>
    public static string Words(TimeSpan duration)
    {
        var seconds = Math.Max(0, (long)duration.TotalSeconds);
        return seconds switch
        {
            < 60 => $"{seconds} s",
            < 3_600 => Two(seconds / 60, "min", seconds % 60, "s"),
            < 86_400 => Two(seconds / 3_600, "h", seconds / 60 % 60, "min"),
            _ => Two(seconds / 86_400, "d", seconds / 3_600 % 24, "h"),
        };
    }

    /// <summary>How long an answer took.</summary>
    public static string Latency(TimeSpan duration) =>
        duration.TotalMilliseconds switch
        {
            < 10 and var few => $"{few:0.#} ms",
            < 1_000 and var some => $"{some:0} ms",
            var many => $"{many / 1_000:0.0} s",
        };

    private static string Two(long large, string unit, long small, string smallUnit) =>
        small == 0 ? $"{large} {unit}" : $"{large} {unit} {small} {smallUnit}";
}
