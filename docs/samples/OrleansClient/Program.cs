// Waits until a workflow has ended and prints its state, as a client of the silos, without HTTP:
//
//   ConnectionStrings__Workflows='Host=127.0.0.1;Database=workflows;Username=workflows' \
//     dotnet run --project docs/samples/OrleansClient -- ea1cb50d19
//
// The workflow need not be known yet.
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Workflow.Grains.Interfaces;

if (args is not [var workflowId])
{
    await Console.Error.WriteLineAsync("Say which workflow: OrleansClient <workflow_id>");
    return 1;
}

var builder = Host.CreateApplicationBuilder();
builder.UseOrleansClient(client =>
    client
        .Configure<ClusterOptions>(static options => options.ClusterId = options.ServiceId = "orleans-workflow")
        .UseAdoNetClustering(options =>
        {
            options.Invariant = "Npgsql";
            options.ConnectionString = builder.Configuration.GetConnectionString("Workflows")
                ?? throw new InvalidOperationException(
                    "Set ConnectionStrings__Workflows to the database of the silos."
                );
        })
);
builder.Services.AddSingleton<WorkflowGrains>();
using var host = builder.Build();
await host.StartAsync();

var workflow = host.Services.GetRequiredService<WorkflowGrains>().Workflow(workflowId);
var state = await WaitUntilEnded(workflow);
Console.WriteLine(
    $"{state.WorkflowId} {state.WorkflowName}: {state.Status} ({state.Phase}, {state.Outcome}), version {state.Version}"
);
foreach (var node in state.Nodes)
    Console.WriteLine($"  {node.NodetaskId} {node.NodetaskName} ({node.NodeType}): {node.Status ?? "no task yet"}");

await host.StopAsync();
return 0;

// In slices below the response timeout of Orleans (30 s), which outlive the activation that is asked.
static async Task<WorkflowView> WaitUntilEnded(IWorkflowGrain workflow)
{
    var ended = new WaitCondition(MinVersion: null, Until: WorkflowPhase.Ended, AtMost: TimeSpan.FromSeconds(10));
    while (true)
    {
        try
        {
            if (await workflow.WaitForState(ended) is { } state && ended.IsMetBy(state))
                return state;
        }
        catch (Exception exception)
            when (exception is WorkflowUnavailableException or TimeoutException or OrleansException)
        {
            // A silo went: another has the workflow in a moment. Asking again is always safe.
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }
}
