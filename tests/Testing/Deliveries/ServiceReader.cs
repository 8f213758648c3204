using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>Reads over HTTP all that the product shows.</summary>
/// <param name="address">An Api.</param>
/// <param name="time">The clock for repeated questions.</param>
public sealed class ServiceReader(Uri address, TimeProvider? time = null) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http = new(new ContractHandler())
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(20),
    };
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Reads every workflow in the list, by id.</summary>
    public async Task<ImmutableDictionary<string, JsonElement>> ListWorkflows(CancellationToken cancellation) =>
        (await Pages("/workflows", cancellation)).ToImmutableDictionary(
            static row => row.GetProperty("workflow_id").GetString()!,
            StringComparer.Ordinal
        );

    /// <summary>Reads a workflow; null if the product does not know it.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="row">Its row in the list.</param>
    /// <param name="cancellation">Cancels the read.</param>
    public async Task<ShownWorkflow?> ReadWorkflow(string workflowId, JsonElement? row, CancellationToken cancellation)
    {
        var path = $"/workflows/{Uri.EscapeDataString(workflowId)}";
        if (await Get(path, cancellation) is not { } state)
            return null;

        var receipts = ImmutableArray.CreateBuilder<ShownReceipt>();
        foreach (var listed in await Pages($"{path}/receipts", cancellation))
            receipts.Add(await ReadReceipt(listed, cancellation));

        var nodes = ImmutableDictionary.CreateBuilder<string, JsonElement>(StringComparer.Ordinal);
        foreach (var node in state.GetProperty("nodes").EnumerateArray())
        {
            var id = node.GetProperty("nodetask_id").GetString()!;

            // No URL can hold these two; the node is in the state of its workflow alone.
            if (id is "." or "..")
                nodes.Add(id, node);
            else if (await Get($"{path}/nodes/{Uri.EscapeDataString(id)}", cancellation) is { } shown)
                nodes.Add(id, shown);
        }

        return new ShownWorkflow
        {
            WorkflowId = workflowId,
            State = state,
            Receipts = receipts.DrainToImmutable(),
            History = await Pages($"{path}/history", cancellation),
            Nodes = nodes.ToImmutable(),
            Row = row,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<ShownReceipt> ReadReceipt(JsonElement listed, CancellationToken cancellation)
    {
        var id = listed.GetProperty("receipt_id").GetGuid();
        var shown = await Get($"/receipts/{id}", cancellation)
            ?? throw new DeliveryException(
                $"Receipt {id} is in the list of its workflow, and GET /receipts/{id} does not know it."
            );
        foreach (var field in listed.EnumerateObject())
        {
            if (!JsonElement.DeepEquals(field.Value, shown.GetProperty(field.Name)))
                throw new DeliveryException(
                    $"Receipt {id} has {field.Name} {field.Value} in the list of its workflow, "
                        + $"{shown.GetProperty(field.Name)} by itself."
                );
        }

        return new ShownReceipt(
            id,
            shown.GetProperty("seq").GetInt64(),
            shown.GetProperty("received_at").GetDateTimeOffset().ToUnixTimeMilliseconds(),
            shown.GetProperty("source").GetString()!,
            shown.GetProperty("effect").GetString()!,
            shown.GetProperty("version").GetInt64(),
            shown.GetProperty("body").GetRawText()
        );
    }

    private async Task<ImmutableArray<JsonElement>> Pages(string path, CancellationToken cancellation)
    {
        var items = ImmutableArray.CreateBuilder<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await Get(
                path + "?limit=1000" + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}"),
                cancellation
            );
            if (page is not { } shown)
                break;

            items.AddRange(shown.GetProperty("items").EnumerateArray());
            cursor = shown.GetProperty("next_cursor").GetString();
        } while (cursor is not null);
        return items.DrainToImmutable();
    }

    /// <summary>Asks, and again where the contract says so; null for 404.</summary>
    private async Task<JsonElement?> Get(string path, CancellationToken cancellation)
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), cancellation);
            if (answer.StatusCode == HttpStatusCode.NotFound)
                return null;

            var body = await answer.Content.ReadAsByteArrayAsync(cancellation);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                using var document = JsonDocument.Parse(body);
                return document.RootElement.Clone();
            }

            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || _time.GetElapsedTime(start) > Deadline)
                throw new DeliveryException(
                    $"GET {path} was answered {(int)answer.StatusCode}: {System.Text.Encoding.UTF8.GetString(body)}"
                );

            await Task.Delay(Pause, _time, cancellation);
        }
    }
}
