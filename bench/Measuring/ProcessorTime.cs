using System.Globalization;

namespace Orleans.Workflow.Benchmarks.Measuring;

/// <summary>
/// Processor time as the kernel accounts for it in <c>/proc/{pid}/stat</c>, in steps of 10 ms for each process.
/// </summary>
internal static class ProcessorTime
{
    // USER_HZ is 100 in the kernel's interface on every architecture that .NET runs on.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>User and system time of a process.</summary>
    public static TimeSpan Of(int pid) => Read(pid) is { } stat ? Tick * (stat[11] + stat[12]) : TimeSpan.Zero;

    /// <summary>The same of a process, its children, and those of its children that have ended.</summary>
    public static TimeSpan OfTree(int root)
    {
        if (Read(root) is not { } stat)
            return TimeSpan.Zero;

        var ticks = stat[11] + stat[12] + stat[13] + stat[14];
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var pid)
                && Read(pid) is { } child
                && child[1] == root
            )
                ticks += child[11] + child[12];
        }

        return Tick * ticks;
    }

    /// <summary>Resident memory of a process in bytes.</summary>
    public static long ResidentBytes(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status")
            .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan("VmRSS:".Length).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>
    /// The numbers after the name, which may hold blanks; the first of them is the state, given as 0.
    /// </summary>
    private static long[]? Read(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return
            [
                .. fields.Select(field =>
                    long.TryParse(field, CultureInfo.InvariantCulture, out var value) ? value : 0
                ),
            ];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
