// Sends the vendor's example and reads it back, with nothing but the generated client. Prints one line of JSON.
using System.Net.ServerSentEvents;
using System.Text.Json;
using Generated;

using var http = new HttpClient { BaseAddress = new Uri(args[0]) };
var client = new WorkflowsClient(args[0], http);

// The feed first, so that it sees what is sent next.
using var stream = await http.GetStreamAsync("/events");
var events = SseParser.Create(stream, static (_, data) => JsonSerializer.Deserialize<Change>(data)!).EnumerateAsync();
var change = Task.Run(async () =>
{
    await foreach (var received in events)
    {
        if (received.Data.Workflow_id == args[1])
            return received.Data;
    }

    throw new InvalidOperationException("The feed ended.");
});

var action = new VendorAction
{
    Nodetask_id = "n",
    Nodetask_name = "Call",
    Node_type = "call",
    Task_id = "t",
    Task_status = "finished",
};
await client.SendWorkflowStatusAsync(
    "airudder",
    new VendorNotification
    {
        Workflow_id = args[1],
        Workflow_name = "Autumn",
        Status = "finished",
        Actions = [action],
    }
);

var state = await client.GetWorkflowAsync(args[1], null, null, null, null, null);
var explanation = await client.ExplainWorkflowAsync(args[1]);
var receipts = await client.ListReceiptsAsync(args[1], 10, null);
var receipt = await client.GetReceiptAsync(receipts.Items.Single().Receipt_id.ToString());
string missing;
try
{
    await client.GetWorkflowAsync("unknown-" + args[1], null, null, null, null, null);
    missing = "found";
}
catch (ApiException<Problem> exception)
{
    missing = exception.Result.Title;
}

Console.WriteLine(
    JsonSerializer.Serialize(
        new
        {
            phase = state.Phase.ToString()!.ToLowerInvariant(),
            node = state.Nodes.Single().Nodetask_id,
            rule = explanation.Status.Rule.ToString(),
            effect = receipt.Effect.ToString().ToLowerInvariant(),
            change = (await change).Version,
            missing,
        }
    )
);
