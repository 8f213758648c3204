using System.Text.Json;
using Orleans.Workflow.Benchmarks.Workloads;

namespace Orleans.Workflow.Benchmarks.Checks;

/// <summary>Asks a service for workflows after a run: its figure counts only if they are as they should be.</summary>
internal static class FinalStates
{
    private const int SampleSize = 250;

    /// <summary>Compares a sample of the workflows of a run.</summary>
    /// <returns>How many were compared.</returns>
    /// <exception cref="BenchmarkException">One is not as it should be.</exception>
    public static async Task<int> VerifyAsync(string service, Uri address, IStateCheck check, Workload workload)
    {
        using var http = new HttpClient { BaseAddress = address };
        var compared = 0;
        foreach (var history in workload.Acknowledged(SampleSize))
        {
            using var answer = await http.GetAsync(new Uri($"/workflows/{history.Workflow}", UriKind.Relative));
            if (!answer.IsSuccessStatusCode)
                throw new BenchmarkException(
                    $"{service} answers {(int)answer.StatusCode} for workflow {history.Workflow}, of which it "
                        + $"acknowledged {history.Bodies.Count} notifications."
                );

            using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
            if (Compare(check, history, document.RootElement) is { } difference)
                throw new BenchmarkException(
                    $"{service} does not hold what it acknowledged of workflow {history.Workflow}: {difference}."
                );

            compared++;
        }

        return compared == 0 ? throw new BenchmarkException($"{service} acknowledged nothing.") : compared;
    }

    private static string? Compare(IStateCheck check, History history, JsonElement answer)
    {
        if (history.Facts is not { } facts)
            return check.Compare(history, answer);

        var count = answer.GetProperty("facts").GetProperty("call_completion").GetProperty("count").GetInt64();
        return count == facts ? null : $"{count} facts are counted, {facts} were sent";
    }
}
