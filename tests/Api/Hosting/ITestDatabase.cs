using System.Data.Common;

namespace Orleans.Workflow.Api.Tests.Hosting;

/// <summary>A database of the product that tests look into from outside.</summary>
public interface ITestDatabase
{
    /// <summary>The settings that make the product use it.</summary>
    IEnumerable<string> Settings { get; }

    /// <summary>Opens a connection of our own.</summary>
    Task<DbConnection> OpenAsync();

    /// <summary>An id as the database holds it.</summary>
    object Id(Guid id);
}
