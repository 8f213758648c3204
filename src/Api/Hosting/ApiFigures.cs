using Orleans.Workflow.Api.Feed;
using Orleans.Workflow.Hosting.Processes;

namespace Orleans.Workflow.Api.Hosting;

/// <summary>What this Api measures and other processes show.</summary>
internal sealed class ApiFigures(RecentAnswers answers, FeedTails feed) : IApiFigures
{
    /// <inheritdoc/>
    public AnswerFigures Answers => answers.Recent();

    /// <inheritdoc/>
    public FeedFigures Feed => new(feed.Readers, Math.Round(feed.Lag.TotalSeconds, 3));
}
