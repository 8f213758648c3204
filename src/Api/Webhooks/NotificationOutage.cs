using Orleans.Workflow.Storage.Health;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>
/// Logs that notifications are answered 503, from the first of them to the first that is acknowledged again: an Api
/// without grains does not see why by itself.
/// </summary>
internal sealed class NotificationOutage(TimeProvider time, ILogger<NotificationOutage> logger)
{
    private readonly Outage _outage = new("Notifications", time, logger);

    /// <summary>A notification was refused.</summary>
    public void Refused(GrainsUnavailableException exception) =>
        _outage.Failed(exception, exception.Message.TrimEnd('.'), refused: 1);

    /// <summary>A notification was acknowledged.</summary>
    public void Acknowledged() => _outage.Ended();
}
