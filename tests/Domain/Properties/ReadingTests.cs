using CsCheck;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>What is read is what was written, whatever was read before it and whatever is read beside it.</summary>
public sealed class ReadingTests
{
    // Words that share their length, their beginning or their end; of the longest that are remembered and one longer; with escapes.
    private static readonly Gen<string> Word = Gen.OneOf(
        Gen.Int[0, 2_000].Select(static number => $"Voicebot Call {number:0000} of May"),
        Gen.Int[0, 99].Select(static number => $"{number:00}"),
        Gen.Char['a', 'z'].Array[1, 34].Select(static letters => new string(letters)),
        Gen.OneOf(["running", "Running", "finished", "not started", "é", "e\u0301", "\"quoted\"", "back\\slash", "tab\tbed", "\U0001F4DE", new string('x', 32), new string('x', 33)]));

    private static readonly Gen<ActionEntry> Entry = Gen.Select(
        Word, Word, Word, Gen.Null(Word, 0.2), Gen.Null(Word, 0.2), static (node, name, type, task, status) => new ActionEntry(node, name, type, task, status));

    private static readonly Gen<Notification> Said = Gen.Select(
        Word, Word, Word, Entry.Array[0, 120], static (id, name, status, entries) => new Notification(id, name, status, [.. entries]));

    [Fact]
    public void A_notification_is_read_as_it_was_written() => Said.Sample(
        static said =>
        {
            var (read, error) = NotificationReader.Read(VendorJson.Write(said));
            Assert.Null(error);
            Assert.Equal((said.WorkflowId, said.WorkflowName, said.Status), (read!.WorkflowId, read.WorkflowName, read.Status));
            Assert.Equal(said.Actions.Select(Told), read.Actions);
        });

    [Fact]
    public void A_word_that_comes_again_is_the_same_string()
    {
        var entries = Enumerable.Range(0, 100).Select(static node => new ActionEntry($"node-{node}", $"Voicebot Call{node}_c3d53d", "call", $"task-{node}", "running"));
        var body = VendorJson.Write(new Notification("w1", "Spring", "running", [.. entries]));
        var (once, again) = (NotificationReader.Read(body).Notification!.Actions, NotificationReader.Read(body).Notification!.Actions);

        // Two words may have one place, and then take it from each other.
        Assert.InRange(once.Select(static action => action.TaskStatus).Distinct(ReferenceEqualityComparer.Instance).Count(), 1, 20);
        var same = once.Zip(again).Count(static pair => ReferenceEquals(pair.First.NodeTaskName, pair.Second.NodeTaskName));
        Assert.InRange(same, 60, 100);
    }

    private static StatusChangeAction Told(ActionEntry entry) => new(entry.NodeTaskId, entry.NodeTaskName, entry.NodeType, entry.TaskId, entry.TaskStatus);
}
