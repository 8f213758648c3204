using Orleans.Workflow.PlainOrleans;
using Orleans.Workflow.Wire;

// What Orleans' documentation leads to: a grain per workflow, a grain per node task, each writing its own state.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Host.UseOrleans(silo => silo.AddPlainStorage(builder.Configuration));
await Schema.CreateAsync(builder.Configuration.GetConnectionString("Workflows")!);

var app = builder.Build();
var grains = app.Services.GetRequiredService<IGrainFactory>();
app.MapWorkflows(
    (notification, _) =>
        grains.GetGrain<IWorkflowGrain>(notification.WorkflowId).Receive(StatusReport.Of(notification)),
    async id => (await grains.GetGrain<IWorkflowGrain>(id).Get())?.Shown()
);
await app.RunAsync();
