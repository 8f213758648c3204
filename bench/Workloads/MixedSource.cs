using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>On each connection four reads, then a notification.</summary>
internal sealed class MixedSource(IRequestSource reads, IRequestSource notifications, int connections) : IRequestSource
{
    private readonly int[] _turn = [.. Enumerable.Range(0, connections).Select(connection => connection % 5)];

    public bool TryNext(int connection, RequestBuffer into) => Present(connection).TryNext(connection, into);

    public void Acknowledged(int connection)
    {
        Present(connection).Acknowledged(connection);
        _turn[connection] = (_turn[connection] + 1) % 5;
    }

    private IRequestSource Present(int connection) => _turn[connection] == 4 ? notifications : reads;
}
