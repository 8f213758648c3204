using Npgsql;
using Orleans.Workflow.ByHand;
using Orleans.Workflow.Wire;

// What a good team writes by hand: one transaction per notification, the last message that arrived wins.
var builder = WebApplication.CreateSlimBuilder(args);
var connectionString = new NpgsqlConnectionStringBuilder(builder.Configuration.GetConnectionString("Workflows"))
{
    MaxPoolSize = builder.Configuration.GetValue("ByHand:Connections", 32),
    MaxAutoPrepare = 20,
    AutoPrepareMinUsages = 2,
    NoResetOnClose = true,
};
await using var dataSource = NpgsqlDataSource.Create(connectionString);
await Schema.CreateAsync(dataSource);
var store = new WorkflowStore(dataSource);

var app = builder.Build();
if (builder.Configuration.GetValue<bool>("ByHand:WithoutDatabase"))
{
    var calls = new CallCounter();
    app.MapWorkflows(store.ReceiveAsync, calls.FindAsync, calls.ReceiveAsync);
}
else
{
    var calls = new CallStore(dataSource);
    app.MapWorkflows(
        store.ReceiveAsync,
        async id => await store.FindAsync(id) ?? await calls.FindAsync(id),
        calls.ReceiveAsync
    );
}

await app.RunAsync();
