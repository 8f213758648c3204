using Orleans.Workflow.Grains.Notifications;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>
/// The path of a webhook: <c>/webhooks/{source}</c>, with a secret, the path of a kind, or both behind it.
/// </summary>
/// <param name="Source">The source that it names.</param>
/// <param name="HasSecret">Whether it holds a secret. The path of a kind is never taken for one.</param>
/// <param name="Kind">The kind of notification; null where any may come.</param>
internal sealed record WebhookPath(string Source, bool HasSecret, NotificationKind? Kind)
{
    /// <summary>What the path of every webhook begins with.</summary>
    public const string Root = "/webhooks/";

    /// <summary>Whether a path is below <c>/webhooks</c>.</summary>
    public static bool IsBelow(string path) => path.StartsWith(Root, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a path; null if it is that of no webhook.</summary>
    public static WebhookPath? Read(string path) =>
        (IsBelow(path) ? path[Root.Length..].Split('/') : []) switch
        {
            [{ Length: > 0 } source] => new WebhookPath(source, HasSecret: false, Kind: null),
            [{ Length: > 0 } source, { Length: > 0 } last] => NotificationKinds.OfPath(last) is { } kind
                ? new WebhookPath(source, HasSecret: false, kind)
                : new WebhookPath(source, HasSecret: true, Kind: null),
            [{ Length: > 0 } source, { Length: > 0 }, var last] when NotificationKinds.OfPath(last) is { } kind =>
                new WebhookPath(source, HasSecret: true, kind),
            _ => null,
        };
}
