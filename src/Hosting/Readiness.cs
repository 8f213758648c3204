using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Orleans.Workflow.Hosting;

/// <summary>
/// Answers whether the process is ready, with a line for each reason why it is not, and logs each change.
/// </summary>
internal sealed class Readiness(ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("Orleans.Workflow.Readiness");
    private string _last = string.Empty;

    /// <summary>Writes the answer; its status is set already.</summary>
    public async Task Write(HttpContext context, HealthReport report)
    {
        var reasons = report
            .Entries.Where(static entry => entry.Value.Status != HealthStatus.Healthy)
            .Select(static entry => $"{entry.Key}: {entry.Value.Description ?? "It does not answer."}")
            .ToList();
        var text = string.Join('\n', reasons);
        if (Interlocked.Exchange(ref _last, text) != text)
            LogChange(text);

        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(reasons.Count == 0 ? $"{report.Status}" : $"{report.Status}\n{text}");
    }

    private void LogChange(string reasons)
    {
        if (reasons.Length == 0)
            Log.Ready(_logger);
        else
            Log.NotReady(_logger, reasons.Replace('\n', ' '));
    }
}
