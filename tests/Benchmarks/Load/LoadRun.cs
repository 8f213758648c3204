using System.Diagnostics;

namespace Orleans.Workflow.Benchmarks.Load;

/// <summary>One run of the load generator.</summary>
internal sealed class LoadRun : IDisposable
{
    private readonly IRequestSource _source;
    private readonly ISchedule _schedule;
    private readonly Connection[] _connections;
    private readonly Readiness _readiness;
    private readonly Queue<Connection> _free = new();
    private int _exhausted;
    private long _end;

    public LoadRun(Uri address, int connections, IRequestSource source, ISchedule schedule)
    {
        (_source, _schedule) = (source, schedule);
        _connections = [.. Enumerable.Range(0, connections).Select(number => new Connection(number, address))];
        _readiness = new Readiness(connections);
        foreach (var connection in _connections)
        {
            _readiness.Watch(connection.Descriptor, connection.Number);
            _free.Enqueue(connection);
        }
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

        _readiness.Dispose();
    }

    /// <summary>Sends what is due as far as connections are free.</summary>
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
            if (connection.IsSending)
                _readiness.WatchWriting(connection.Descriptor, connection.Number, isWanted: true);
        }

        return long.MaxValue;
    }

    private void Step(long atMost)
    {
        var ready = _readiness.Wait(Stopwatch.GetElapsedTime(0, Math.Max(0, atMost)));
        for (var place = 0; place < ready; place++)
        {
            var (number, what) = _readiness.Ready(place);
            var connection = _connections[number];
            if ((what & Readiness.Writable) != 0)
            {
                connection.Send();
                if (!connection.IsSending)
                    _readiness.WatchWriting(connection.Descriptor, number, isWanted: false);
            }

            if ((what & ~Readiness.Writable) != 0 && connection.TryReceive(out var response))
                Answered(connection, response);
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
