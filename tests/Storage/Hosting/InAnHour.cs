namespace Orleans.Workflow.Storage.Tests.Hosting;

/// <summary>A clock that is an hour ahead: what was received just now is old.</summary>
internal sealed class InAnHour : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromHours(1);
}
