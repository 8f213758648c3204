namespace Orleans.Workflow.Hosting.Processes;

/// <summary>Puts into a host what it says of itself and knows of the others.</summary>
internal static class ProcessServices
{
    /// <summary>Adds it, for a process that serves.</summary>
    public static void AddProcessStatus(this IServiceCollection services)
    {
        services.AddSingleton<RecentAnswers>();
        services.AddSingleton<OwnProcess>();
        services.AddSingleton<ServiceStatus>();
        services.AddSingleton<IncidentRecorder>();
        services.AddHostedService<ProcessReporter>();
        services.AddHostedService(static provider => provider.GetRequiredService<IncidentRecorder>());
    }
}
