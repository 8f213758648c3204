using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains;

/// <summary>
/// Runs what may fail in a place where nothing may, such as a log entry of a loop that must continue.
/// </summary>
public static class Safely
{
    /// <summary>Runs it; what it throws is lost.</summary>
    public static void Run(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        try
        {
            action();
        }
        catch (Exception)
        {
            // A logger that fails has no place left to say so.
        }
    }

    /// <summary>
    /// Logs a failure, unless it is a consequence of an outage: that is logged once, where it is noticed.
    /// </summary>
    public static void Log(Exception exception, Action log)
    {
        if (exception is not IPartOfOutage { IsOutage: true })
            Run(log);
    }
}
