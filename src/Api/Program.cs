using Orleans.Workflow.Api.Hosting;
using Orleans.Workflow.Hosting;
using Orleans.Workflow.Hosting.Commands;

return await CommandLine.Run(
    args,
    new HostProgram("Runs an Api of Orleans.Workflow, or a command.", ApiHost.ReadSettings, Run)
);

static async Task Run(string[] arguments)
{
    await using var app = WorkflowHost.CreateBuilder(arguments).AddWorkflowApi().Build();
    await app.PrepareStorage();
    app.MapWorkflowApi();
    await app.RunAsync();
}
