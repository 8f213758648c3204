using Orleans.Workflow.ByHandSqlite;
using Orleans.Workflow.Wire;

// What a good team writes by hand on SQLite: one writer, one transaction per notification, durable at each commit.
var builder = WebApplication.CreateSlimBuilder(args);
using var store = new WorkflowStore(builder.Configuration.GetConnectionString("Workflows")!);

var app = builder.Build();
app.MapWorkflows(store.ReceiveAsync, store.FindAsync);
await app.RunAsync();
