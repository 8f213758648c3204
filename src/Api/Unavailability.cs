using System.Data.Common;
using System.Net.Sockets;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api;

/// <summary>
/// Separates failures of the database or the cluster, which are answered 503, from errors of this program.
/// </summary>
internal static class Unavailability
{
    /// <summary>Whether an exception says that something is not available at the moment.</summary>
    public static bool Is(Exception exception) =>
        exception
            is GrainsUnavailableException
                or WorkflowUnavailableException
                or DbException
                or TimeoutException
                or SocketException
                or OrleansException;
}
