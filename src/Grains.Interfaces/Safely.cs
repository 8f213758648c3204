namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>Runs what may fail in a place where nothing may, such as a log entry of a loop that must go on.</summary>
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
}
