using Orleans.Workflow.Silo.Settings;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>What the webhooks take.</summary>
/// <param name="LargestBody">How many bytes a body may have.</param>
public sealed record WebhookSettings(int LargestBody)
{
    /// <summary>Reads the section <c>Webhooks</c>.</summary>
    public static WebhookSettings Read(SettingsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.OnlyKnown("Webhooks", "LargestBody");
        return new WebhookSettings(reader.Number("Webhooks:LargestBody", 4 * 1024 * 1024, 1024, 64 * 1024 * 1024));
    }
}
