using Orleans.Workflow.Silo.Audit;
using Orleans.Workflow.Silo.Hosting;
using Orleans.Workflow.Silo.Settings;
using Orleans.Workflow.Silo.Telemetry;

return await WorkflowHost.Run(async () =>
{
    var command = args is [['-', ..], ..] or [] ? null : args[0];
    var asJson = command == "audit" && args.Contains("--json");
    args = asJson ? [.. args.Where(static argument => argument != "--json")] : args;
    var builder = WorkflowHost.CreateBuilder(args);
    var reader = new SettingsReader(builder.Configuration);
    var settings = HostSettings.Read(reader, command == "audit" ? ClusterMode.Embedded : ClusterMode.Clustered);
    if (command is not (null or "migrate" or "adopt-vocabulary" or "audit"))
        reader.Error($"'{command}' is not a command; there are: migrate, adopt-vocabulary, audit.");

    reader.ThrowIfAny();
    builder.AddHostDefaults(settings, isReader: command == "audit");
    if (command is null)
        builder.AddWorkflowSilo(settings);
    else if (command == "audit")
        builder.Services.AddWorkflowAudit(settings);

    await using var host = builder.Build();
    if (command == "migrate")
    {
        await host.Migrate();
        return 0;
    }

    if (command == "adopt-vocabulary")
    {
        await host.PrepareStorage();
        await host.AdoptVocabulary(settings.Vocabulary);
        return 0;
    }

    if (command == "audit")
        return await host.Audit(asJson);

    await host.PrepareStorage();
    host.MapHealth();
    host.MapMetrics();
    await host.RunAsync();
    return 0;
});
