using System.Data.Common;
using System.Net.Sockets;

namespace Orleans.Workflow.Storage.Health;

/// <summary>Recognises that a connection ended, or could not be opened, rather than that a statement failed.</summary>
internal static class ConnectionLoss
{
    /// <summary>
    /// Whether that is the cause. SQLSTATE 08: a connection failed; 57P: the server stops, starts, or ended the
    /// session.
    /// </summary>
    public static bool Is(Exception exception) =>
        exception switch
        {
            DbException { SqlState: ['0', '8', ..] or ['5', '7', 'P', ..] } => true,
            DbException { SqlState: not null } => false,
            DbException { InnerException: IOException or SocketException } => true,
            _ => false,
        };
}
