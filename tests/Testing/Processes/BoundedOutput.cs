namespace Orleans.Workflow.Testing.Processes;

/// <summary>The last lines that a process wrote; what is older is dropped.</summary>
public sealed class BoundedOutput(int capacity = 2_000)
{
    private readonly Queue<string> _lines = new();
    private readonly Lock _gate = new();

    /// <summary>Takes a line; null marks the end of a stream and is passed over.</summary>
    public void Add(string? line)
    {
        if (line is null)
            return;

        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > capacity)
                _lines.Dequeue();
        }
    }

    /// <summary>The lines kept, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    /// <summary>The lines kept as one text.</summary>
    public override string ToString() => string.Join(Environment.NewLine, Lines);
}
