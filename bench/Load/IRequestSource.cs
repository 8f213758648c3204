namespace Orleans.Workflow.Benchmarks.Load;

/// <summary>
/// Makes requests, on one thread. A connection asks for its next one only after its last one was answered.
/// </summary>
internal interface IRequestSource
{
    /// <summary>Writes the next request of a connection.</summary>
    /// <param name="connection">The number of the connection, from 0.</param>
    /// <param name="into">Takes the bytes.</param>
    /// <returns>False if the connection has nothing more to send.</returns>
    bool TryNext(int connection, RequestBuffer into);

    /// <summary>The last request of a connection was answered 2xx.</summary>
    void Acknowledged(int connection);
}
