using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>What the webhooks take.</summary>
/// <param name="MaxBodyBytes">How many bytes a body may have.</param>
/// <param name="BodyTimeout">How long a body may take to arrive.</param>
public sealed record WebhookSettings(int MaxBodyBytes, TimeSpan BodyTimeout)
{
    /// <summary>Reads the section <c>Webhooks</c>.</summary>
    public static WebhookSettings Read(SettingsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return new WebhookSettings(
            reader.Number(
                "Webhooks:MaxBodyBytes",
                4 * 1024 * 1024,
                1024,
                64 * 1024 * 1024,
                "bytes",
                "How large a body may be, as it is sent and once it is decoded. An Api works on eight times as many "
                    + "bytes at the same time, and on 256 MiB at least. More is answered 429, but not bodies of up to "
                    + "64 KiB."
            ),
            reader.Seconds(
                "Webhooks:BodySeconds",
                30,
                1,
                600,
                "How long a body may take to arrive. Longer is answered 408."
            )
        );
    }
}
