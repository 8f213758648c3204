using Orleans.Workflow.Hosting;
using Orleans.Workflow.Hosting.Commands;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Hosting.Telemetry;

return await CommandLine.Run(
    args,
    new HostProgram("Runs a silo of Orleans.Workflow, or a command.", static reader => ReadSettings(reader), Run)
);

static HostSettings ReadSettings(SettingsReader reader)
{
    var settings = HostSettings.Read(reader, ClusterMode.Clustered);
    reader.Leave(HostSettings.OfTheApi);
    return settings;
}

static async Task Run(string[] arguments)
{
    var builder = WorkflowHost.CreateBuilder(arguments);
    var reader = new SettingsReader(builder.Configuration);
    var settings = ReadSettings(reader);
    ListeningPorts.Check(reader, settings, hasSilo: true);
    reader.ThrowIfAny();
    builder.AddHostDefaults(settings, reader);
    builder.AddWorkflowSilo(settings);

    await using var host = builder.Build();
    await host.PrepareStorage();
    host.MapHealth();
    host.MapMetrics();
    await host.RunAsync();
}
