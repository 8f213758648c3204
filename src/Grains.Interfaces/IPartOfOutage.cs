namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>An exception that may be a consequence of an outage of the database.</summary>
public interface IPartOfOutage
{
    /// <summary>Whether it is one, so that asking again at once is of no use.</summary>
    bool IsOutage { get; }
}
