using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>Notifications of one workflow over all connections.</summary>
internal sealed class HotSource(ulong seed) : IRequestSource
{
    private readonly HotLife _life = new();
    private int _step;

    public bool TryNext(int connection, RequestBuffer into)
    {
        _life.Write(into, seed, 0, _step++);
        into.FinishPost();
        return true;
    }

    public void Acknowledged(int connection) { }
}

/// <summary>The notification that ends the hot workflow, once.</summary>
internal sealed class HotEnding(ulong seed) : IRequestSource
{
    private bool _sent;

    public bool TryNext(int connection, RequestBuffer into)
    {
        if (_sent)
            return false;

        HotLife.WriteEnd(into, seed);
        into.FinishPost();
        return _sent = true;
    }

    public void Acknowledged(int connection) { }

    /// <summary>Enough of the workflow's history to know its state, but for its version.</summary>
    public IEnumerable<History> Histories(int sample)
    {
        var buffer = new RequestBuffer();
        buffer.Clear();
        HotLife.WriteEnd(buffer, seed);
        return [new History(Id.Of(seed, 0), [buffer.Body.ToArray()], IsComplete: false)];
    }
}
