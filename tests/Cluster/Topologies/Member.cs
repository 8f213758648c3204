using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Cluster.Tests.Topologies;

/// <summary>A silo or an Api as a child process, which can be started again under the same addresses.</summary>
internal sealed class Member(Uri address, Func<ServiceProcess> start)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    /// <summary>The process that runs now, or ran last.</summary>
    public ServiceProcess Process { get; private set; } = start();

    /// <summary>Its HTTP.</summary>
    public Uri Address => address;

    /// <summary>Waits until it can do its work.</summary>
    public Task WhenReadyAsync() => Process.WaitUntilReadyAsync(new Uri(address, "/health/ready"), Timeout);

    /// <summary>Starts it again, in the place of the process that has ended; returns when it is ready.</summary>
    public async Task StartAgainAsync()
    {
        await Process.DisposeAsync();
        Process = start();
        await WhenReadyAsync();
    }
}
