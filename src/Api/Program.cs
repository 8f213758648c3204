using Orleans.Workflow.Api.Hosting;
using Orleans.Workflow.Silo.Hosting;

return await WorkflowHost.Run(async () =>
{
    await using var app = WorkflowHost.CreateBuilder(args).AddWorkflowApi().Build();
    await app.PrepareStorage();
    app.MapWorkflowApi();
    await app.RunAsync();
});
