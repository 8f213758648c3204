using System.Runtime.InteropServices;
using Npgsql;

namespace Orleans.Workflow.Benchmarks.Measuring;

/// <summary>What the figures were measured on.</summary>
internal sealed record Machine(
    string Processor,
    int Cores,
    string Memory,
    string System,
    string Runtime,
    string Postgres
)
{
    public static async Task<Machine> DescribeAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return new Machine(
            Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024 / 1024 / 1024} GiB",
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription,
            connection.PostgreSqlVersion.ToString()
        );
    }

    private static string? Field(string file, string name) =>
        File.Exists(file)
            ? File.ReadLines(file)
                .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))
                ?.Split(':')[1]
                .Trim()
            : null;
}
