using System.Diagnostics;
using System.Net.Sockets;

namespace Orleans.Workflow.Benchmarks.Load;

/// <summary>One run of the load generator.</summary>
internal sealed class LoadRun : IDisposable
{
    private readonly IRequestSource _source;
    private readonly ISchedule _schedule;
    private readonly Connection[] _connections;
    private readonly Dictionary<Socket, Connection> _bySocket;
    private readonly List<Socket> _readable = [];
    private readonly List<Socket> _writable = [];
    private readonly Queue<Connection> _free = new();
    private int _exhausted;
    private long _end;

    public LoadRun(Uri address, int connections, IRequestSource source, ISchedule schedule)
    {
        (_source, _schedule) = (source, schedule);
        _connections = [.. Enumerable.Range(0, connections).Select(number => new Connection(number, address))];
        _bySocket = _connections.ToDictionary(static connection => connection.Socket);
        foreach (var connection in _connections)
            _free.Enqueue(connection);
    }

    public LoadResult Result { get; } = new();

    public long LastAnswerAt { get; private set; } = Stopwatch.GetTimestamp();

    private int Busy => _connections.Length - _free.Count - _exhausted;

    public void MeasureUntil(long end)
    {
        _end = end;
        while (true)
        {
            var now = Stopwatch.GetTimestamp();
            if (now >= end)
                return;

            var due = SendDue(now);
            if (_exhausted == _connections.Length)
                return;

            Step(Math.Min(end, due) - now);
        }
    }

    /// <summary>Waits for the answers to what was sent.</summary>
    public void Drain(long deadline)
    {
        while (Busy > 0)
        {
            var now = Stopwatch.GetTimestamp();
            if (now > deadline)
                throw new TimeoutException($"{Busy} requests were not answered in time.");

            Step(deadline - now);
        }
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }

    /// <summary>Sends the requests that are due, as long as connections are free.</summary>
    /// <returns>When to send again; never, while no connection is free.</returns>
    private long SendDue(long now)
    {
        while (_free.TryPeek(out var connection))
        {
            var due = _schedule.NextDue(now);
            if (due > now)
                return due;

            _free.Dequeue();
            connection.Request.Clear();
            if (!_source.TryNext(connection.Number, connection.Request))
            {
                _exhausted++;
                continue;
            }

            _schedule.Sent();
            connection.Start(due);
        }

        return long.MaxValue;
    }

    /// <summary>Waits until something can be done on a connection, and does it.</summary>
    private void Step(long atMost)
    {
        _readable.Clear();
        _readable.AddRange(_bySocket.Keys);
        _writable.Clear();
        _writable.AddRange(
            _connections.Where(static connection => connection.IsSending).Select(static connection => connection.Socket)
        );

        // It takes no more than half an hour; the caller comes again.
        var limit = Stopwatch.GetElapsedTime(0, Math.Clamp(atMost, 0, Stopwatch.Frequency));
        Socket.Select(_readable, _writable, null, limit);
        foreach (var socket in _writable)
            _bySocket[socket].Send();

        foreach (var socket in _readable)
        {
            if (_bySocket[socket].TryReceive(out var response))
                Answered(_bySocket[socket], response);
        }
    }

    private void Answered(Connection connection, in Response response)
    {
        var now = LastAnswerAt = Stopwatch.GetTimestamp();
        _free.Enqueue(connection);
        if (!response.IsSuccess)
        {
            Result.Failed++;
            Result.LastFailure = response.Status;
            if (response.Status is 429 or 503)
                Result.Refused.Record(Stopwatch.GetElapsedTime(connection.IntendedAt, now));

            return;
        }

        Result.Acknowledged++;
        Result.Advanced += response.Advanced ? 1 : 0;
        _source.Acknowledged(connection.Number);
        if (now > _end)
            return;

        Result.Completed++;
        Result.Latency.Record(Stopwatch.GetElapsedTime(connection.IntendedAt, now));
    }
}
