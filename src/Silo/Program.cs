using Orleans.Workflow.Silo.Hosting;
using Orleans.Workflow.Silo.Settings;

return await WorkflowHost.Run(async () =>
{
    var command = args is [['-', ..], ..] or [] ? null : args[0];
    var builder = WorkflowHost.CreateBuilder(args);
    var reader = new SettingsReader(builder.Configuration);
    var settings = HostSettings.Read(reader, ClusterMode.Clustered);
    if (command is not (null or "migrate" or "adopt-vocabulary"))
        reader.Error($"'{command}' is not a command; there are: migrate, adopt-vocabulary.");

    reader.ThrowIfAny();
    builder.AddHostDefaults(settings);
    if (command is null)
        builder.AddWorkflowSilo(settings);

    await using var host = builder.Build();
    if (command == "migrate")
    {
        await host.Migrate();
        return;
    }

    if (command == "adopt-vocabulary")
    {
        await host.PrepareStorage();
        await host.AdoptVocabulary(settings.Vocabulary);
        return;
    }

    await host.PrepareStorage();
    host.MapHealth();
    await host.RunAsync();
});
