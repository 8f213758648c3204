using System.Diagnostics;
using OpenTelemetry;

namespace Orleans.Workflow.Hosting.Telemetry;

/// <summary>
/// Takes the URL out of every span: the path of a webhook may hold a secret. The route, without its values, stays.
/// </summary>
internal sealed class UrlRemoval : BaseProcessor<Activity>
{
    private static readonly string[] Tags = ["url.path", "url.full", "url.query", "http.url", "http.target"];

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        foreach (var tag in Tags)
            data.SetTag(tag, null);
    }
}
