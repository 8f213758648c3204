namespace Orleans.Workflow.Api.Console.Health;

/// <summary>The icon and the class that colours it.</summary>
public static class HealthSigns
{
    /// <summary>The class of a level.</summary>
    public static string Class(HealthLevel level) =>
        level switch
        {
            HealthLevel.Well => "completed",
            HealthLevel.Warning => "cancelled",
            HealthLevel.Failing => "failed",
            _ => "unknown",
        };

    /// <summary>The icon of a level.</summary>
    public static string Icon(HealthLevel level) => level == HealthLevel.Warning ? "attention" : Class(level);
}
