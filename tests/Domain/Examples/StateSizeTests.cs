using System.Text.Json;
using static Orleans.Workflow.Domain.Tests.Examples.Entry;

namespace Orleans.Workflow.Domain.Tests.Examples;

/// <summary>
/// A state holds what is known, not how it became known: the row of a workflow does not grow with its receipts.
/// </summary>
public sealed class StateSizeTests
{
    [Fact]
    public void A_state_does_not_grow_with_the_receipts_that_led_to_it()
    {
        var story = Paused(new Story(), 10);
        var after20 = Size(story);

        var after20_000 = Size(Paused(story, 10_000 - 10));

        story.State.Version.ShouldBe(20_000);
        (after20_000 - after20).ShouldBeLessThan(40, "only numbers have got longer");
    }

    /// <summary>Reports several times that a workflow and its task run and pause.</summary>
    private static Story Paused(Story story, int times)
    {
        for (var i = 0; i < times; i++)
            story
                .ReportedAs($"Name {i % 10}", "running", Task("t", "running"))
                .ReportedAs($"Name {i % 10}", "paused", Task("t", "paused"));

        return story;
    }

    private static int Size(Story story) => JsonSerializer.SerializeToUtf8Bytes(story.State).Length;
}
