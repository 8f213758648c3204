using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>Call completions, spread over the nodes of some workflows in turn.</summary>
/// <param name="seed">Makes the ids.</param>
/// <param name="workflows">How many workflows there are.</param>
/// <param name="nodes">How many nodes each has.</param>
/// <param name="calls">After how many calls the first one comes again.</param>
internal sealed class CallSource(ulong seed, int workflows, int nodes, int calls = int.MaxValue) : IRequestSource
{
    private int _sent;

    public bool TryNext(int connection, RequestBuffer into)
    {
        Write(into, _sent++ % calls);
        return true;
    }

    public void Acknowledged(int connection) { }

    /// <summary>Each call once.</summary>
    public IRequestSource Once() => new OnceOfAll(this, calls);

    /// <summary>How many facts some of the workflows must have.</summary>
    public IEnumerable<History> Histories(int sample) =>
        Sampling
            .Spread(workflows, sample)
            .Select(workflow => new History(Id.Of(seed, (ulong)workflow), [], IsComplete: false)
            {
                Facts = Enumerable
                    .Range(0, nodes)
                    .Sum(node => Share((workflow * nodes) + node, Math.Min(_sent, calls))),
            });

    private void Write(RequestBuffer body, int call)
    {
        var place = call % (workflows * nodes);
        var (workflow, node) = ((ulong)(place / nodes), (ulong)(place % nodes));
        body.Clear();
        body.Add("{\"workflow_id\":\""u8)
            .Add(Id.Of(seed, workflow))
            .Add("\",\"workflow_name\":\"0522 spring sale\",\"nodetask_id\":\""u8)
            .Add(Id.Of(seed, workflow, 1 + node))
            .Add("\",\"nodetask_name\":\"Voicebot Call_c3d53d\",\"case_id\":\""u8)
            .Add(Id.Of(~seed, (ulong)call))
            .Add("\",\"task_id\":\""u8)
            .Add(Id.Of(seed, workflow, 1_000_000 + node))
            .Add("\",\"call_id\":\""u8)
            .Add(Id.Of(~seed, (ulong)call, 1))
            .Add("\",\"callee\":\"+1555"u8)
            .Add(1_000_000 + (call % 8_000_000))
            .Add("\",\"hangup_reason\":"u8)
            .Add(call % 20)
            .Add(",\"talk_seconds\":"u8)
            .Add(call % 300)
            .Add(
                ",\"intention\":\"A\",\"robot_id\":\"4711\",\"round\":3,\"line\":\"+15550100\",\"hangup\":\"callee\""u8
            )
            .Add(",\"label\":{\"interested\":\"yes\",\"call_back\":\"no\"}}"u8)
            .FinishCall();
    }

    private int Share(int place, int sent)
    {
        var places = workflows * nodes;
        return (sent / places) + (place < sent % places ? 1 : 0);
    }

    private sealed class OnceOfAll(CallSource calls, int count) : IRequestSource
    {
        private int _next;

        public bool TryNext(int connection, RequestBuffer into)
        {
            if (_next == count)
                return false;

            calls.Write(into, _next++);
            return true;
        }

        public void Acknowledged(int connection) { }
    }
}
