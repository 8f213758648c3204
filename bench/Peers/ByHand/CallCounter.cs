using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Workflow.Wire;

namespace Orleans.Workflow.ByHand;

/// <summary>
/// Counts call completions and stores nothing: what HTTP, the reading of a body and the load leave, which no service
/// that stores anything can exceed.
/// </summary>
internal sealed class CallCounter
{
    private readonly ConcurrentDictionary<(string Node, string Call, int Reason), string> _calls = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();

    public Task ReceiveAsync(CallCompletion call, byte[] body)
    {
        if (_calls.TryAdd((call.NodetaskId, call.CallId, call.HangupReason), call.WorkflowId))
            _counts.AddOrUpdate(call.WorkflowId, 1, static (_, count) => count + 1);

        return Task.CompletedTask;
    }

    public Task<StoredWorkflow?> FindAsync(string id)
    {
        var values = _calls
            .Where(call => call.Value == id)
            .CountBy(static call => call.Key.Reason.ToString(CultureInfo.InvariantCulture))
            .ToDictionary(static reason => reason.Key, static reason => (long)reason.Value);
        return Task.FromResult<StoredWorkflow?>(
            _counts.TryGetValue(id, out var count)
                ? new StoredWorkflow(id, string.Empty, string.Empty, 0, [])
                {
                    Facts = new StoredFacts(new StoredCalls(count, values)),
                }
                : null
        );
    }
}
