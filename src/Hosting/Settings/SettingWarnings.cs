namespace Orleans.Workflow.Hosting.Settings;

/// <summary>Logs at the start which settings are set by their old names.</summary>
internal sealed class SettingWarnings(SettingsReader reader, ILogger<SettingWarnings> logger) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var warning in reader.Warnings)
            Log.SettingRenamed(logger, warning);

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
