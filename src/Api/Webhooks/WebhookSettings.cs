using Orleans.Workflow.Silo.Settings;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>What the webhooks take.</summary>
/// <param name="LargestBody">How many bytes a body may have.</param>
/// <param name="LongestBody">How long a body may take to arrive.</param>
public sealed record WebhookSettings(int LargestBody, TimeSpan LongestBody)
{
    /// <summary>Reads the section <c>Webhooks</c>.</summary>
    public static WebhookSettings Read(SettingsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        reader.OnlyKnown("Webhooks", "LargestBody", "BodySeconds");
        return new WebhookSettings(
            reader.Number("Webhooks:LargestBody", 4 * 1024 * 1024, 1024, 64 * 1024 * 1024),
            TimeSpan.FromSeconds(reader.Number("Webhooks:BodySeconds", 30, 1, 600)));
    }
}
