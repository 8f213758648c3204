using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http.Features;
using Orleans.Workflow.Grains.Telemetry;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>
/// Counts what the server itself refuses before any of our code sees it: broken HTTP, headers that are too many or too
/// large, requests that come too slowly.
/// </summary>
internal sealed class ServerRefusals : IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    // Those that are there with 0 from the start, so that an alert on their increase sees the first one.
    private readonly ConcurrentDictionary<int, long> _counts = new([
        new(StatusCodes.Status400BadRequest, 0),
        new(StatusCodes.Status408RequestTimeout, 0),
        new(StatusCodes.Status414UriTooLong, 0),
        new(StatusCodes.Status431RequestHeaderFieldsTooLarge, 0),
    ]);

    private readonly IDisposable _subscription;

    public ServerRefusals(DiagnosticListener listener, IMeterFactory meters)
    {
        meters
            .Create(WorkflowTelemetry.Name)
            .CreateObservableCounter(
                "workflow.server_refused_requests",
                () =>
                    _counts.Select(static of => new Measurement<long>(
                        of.Value,
                        new KeyValuePair<string, object?>("http.response.status_code", of.Key)
                    )),
                "{request}",
                "Requests that the HTTP server refused before they had a route."
            );
        _subscription = listener.Subscribe(this, static name => name == BadRequest);
    }

    /// <inheritdoc/>
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (
            (value.Value as IFeatureCollection)?.Get<IBadRequestExceptionFeature>()?.Error
            is BadHttpRequestException refused
        )
            _counts.AddOrUpdate(refused.StatusCode, 1, static (_, count) => count + 1);
    }

    /// <inheritdoc/>
    public void OnError(Exception error) { }

    /// <inheritdoc/>
    public void OnCompleted() { }

    /// <inheritdoc/>
    public void Dispose() => _subscription.Dispose();
}
