using Orleans.Workflow.Benchmarks.Load;

namespace Orleans.Workflow.Benchmarks.Workloads;

/// <summary>What was acknowledged of one workflow.</summary>
/// <param name="Workflow">Its id.</param>
/// <param name="Bodies">The bodies, in the order in which they were sent.</param>
/// <param name="IsComplete">Whether these are all of them and each was sent after the one before it was acknowledged,
/// so that the version is known too.</param>
internal sealed record History(Id Workflow, IReadOnlyList<byte[]> Bodies, bool IsComplete)
{
    /// <summary>How many facts there must be; null if it is about status changes.</summary>
    public int? Facts { get; init; }

    /// <summary>The first notifications of a life.</summary>
    public static History Of(ILife life, ulong seed, int campaign, IEnumerable<int> steps)
    {
        var buffer = new RequestBuffer();
        var bodies = new List<byte[]>();
        foreach (var step in steps)
        {
            buffer.Clear();
            life.Write(buffer, seed, campaign, step);
            bodies.Add(buffer.Body.ToArray());
        }

        return new History(Id.Of(seed, (ulong)campaign), bodies, IsComplete: true);
    }
}
