using System.Data.Common;
using System.Net.Sockets;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api;

/// <summary>
/// Separates failures of the database or the cluster, which are answered 503, from errors of this program.
/// </summary>
internal static class Unavailability
{
    /// <summary>The status that an exception is answered with.</summary>
    public static int StatusOf(Exception exception) =>
        // A body that breaks the rules of HTTP is found while it is read, and is not our error.
        exception is BadHttpRequestException bad
            ? bad.StatusCode
        : Is(exception) ? StatusCodes.Status503ServiceUnavailable
        : StatusCodes.Status500InternalServerError;

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
