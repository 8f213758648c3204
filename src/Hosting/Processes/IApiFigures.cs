namespace Orleans.Workflow.Hosting.Processes;

/// <summary>What an Api measures. A process that has none answers no notifications.</summary>
public interface IApiFigures
{
    /// <summary>Its answers of the last minutes.</summary>
    AnswerFigures Answers { get; }

    /// <summary>Its streams.</summary>
    FeedFigures Feed { get; }
}
