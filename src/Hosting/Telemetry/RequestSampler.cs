using OpenTelemetry.Trace;

namespace Orleans.Workflow.Hosting.Telemetry;

/// <summary>
/// Lets only HTTP requests begin a trace. What Orleans and the database driver do for the cluster, all day long, begins
/// none.
/// </summary>
/// <param name="ratio">Which part of the requests is traced.</param>
internal sealed class RequestSampler(double ratio) : Sampler
{
    /// <summary>What ASP.NET Core calls the activity of a request when it starts.</summary>
    private const string Request = "Microsoft.AspNetCore.Hosting.HttpRequestIn";

    private readonly TraceIdRatioBasedSampler _requests = new(ratio);

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Name == Request
            ? _requests.ShouldSample(samplingParameters)
            : new SamplingResult(SamplingDecision.Drop);
}
