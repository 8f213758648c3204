using CsCheck;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>A notification is read as it was written, also after others and beside others.</summary>
public sealed class ReadingTests
{
    // Words that share their length, their beginning or their end; of the longest that are remembered and one longer;
    // with escapes.
    private static readonly Gen<string> Word = Gen.OneOf(
        Gen.Int[0, 2_000].Select(static number => $"Voicebot Call {number:0000} of May"),
        Gen.Int[0, 99].Select(static number => $"{number:00}"),
        Gen.Char['a', 'z'].Array[1, 34].Select(static letters => new string(letters)),
        Gen.OneOf([
            "running",
            "Running",
            "finished",
            "not started",
            "é",
            "e\u0301",
            "\"quoted\"",
            "back\\slash",
            "tab\tbed",
            "\U0001F4DE",
            new string('x', 32),
            new string('x', 33),
        ])
    );

    private static readonly Gen<StatusChangeAction> Entry = Gen.Select(
        Word,
        Word,
        Word,
        Gen.Null(Word, 0.2),
        Gen.Null(Word, 0.2),
        static (node, name, type, task, status) => new StatusChangeAction(node, name, type, task, status)
    );

    private static readonly Gen<StatusChange> Notifications = Gen.Select(
        Word,
        Word,
        Word,
        Entry.Array[0, 120],
        static (id, name, status, entries) => new StatusChange(id, name, status, [.. entries])
    );

    // Notifications of few workflows that list the same nodes, each changed here and there, and then bytes of it: most
    // are sound.
    private static readonly Gen<byte[]> Repeated =
        from id in Gen.Int[0, 1]
        from nodes in Gen.Int[6, 24]
        from changed in Gen.Select(Gen.Int[0, 23], Gen.OneOf(["running", "finished", "", "\0", "é", "\"}{"])).Array[
            0,
            3
        ]
        from left in Gen.OneOf([-1, -1, -1, 0, 5, 7])
        from absent in Gen.OneOf([AbsentAs.Omitted, AbsentAs.Null])
        let entries = Enumerable
            .Range(0, nodes)
            .Where(node => node != left)
            .Select(node => new StatusChangeAction(
                $"node-{node}",
                "Call",
                "call",
                node % 3 == 0 ? null : $"task-{node}",
                changed.FirstOrDefault(change => change.Item1 == node).Item2 ?? "not started"
            ))
        let body = VendorJson.Write(new StatusChange($"w{id}", "Spring", "running", [.. entries]), absent)
        from damage in Gen.Select(Gen.Int[0, 4], Gen.Int[0, body.Length - 1], Gen.Byte)
        select damage switch
        {
            (0, var place, var other) => [.. body[..place], other, .. body[(place + 1)..]],
            (1, var place, _) => body[..place],
            (2, var place, _) => [.. body[..place], (byte)' ', .. body[place..]],
            (3, _, _) => [0xEF, 0xBB, 0xBF, .. body],
            _ => body,
        };

    [Fact]
    public void A_notification_is_read_as_it_was_written() =>
        Notifications.Sample(static written =>
        {
            var (read, error) = NotificationReader.Read(VendorJson.Write(written));
            Assert.Null(error);
            Assert.Equal(
                (written.WorkflowId, written.WorkflowName, written.Status),
                (read!.WorkflowId, read.WorkflowName, read.Status)
            );
            Assert.Equal(written.Actions, read.Actions);
        });

    [Fact]
    public void A_word_that_comes_again_is_the_same_string()
    {
        var entries = Enumerable
            .Range(0, 100)
            .Select(static node => new StatusChangeAction(
                $"node-{node}",
                $"Voicebot Call{node}_c3d53d",
                "call",
                $"task-{node}",
                "running"
            ));
        var body = VendorJson.Write(new StatusChange("w1", "Spring", "running", [.. entries]));
        var (once, again) = (
            NotificationReader.Read(body).Notification!.Actions,
            NotificationReader.Read(body).Notification!.Actions
        );

        // Two words may have one place, and then take it from each other.
        Assert.InRange(
            once.Select(static action => action.TaskStatus).Distinct(ReferenceEqualityComparer.Instance).Count(),
            1,
            20
        );
        var same = once.Zip(again)
            .Count(static pair => ReferenceEquals(pair.First.NodeTaskName, pair.Second.NodeTaskName));
        Assert.InRange(same, 60, 100);
    }

    [Fact]
    public void What_was_read_before_changes_nothing() =>
        Repeated
            .Array[1, 12]
            .Sample(static bodies =>
            {
                var recent = new RecentNotifications();
                foreach (var body in bodies)
                {
                    var ((read, error), (alone, errorAlone)) = (
                        NotificationReader.Read(body, recent),
                        NotificationReader.Read(body)
                    );
                    Assert.Equal(errorAlone, error);
                    Assert.Equal(
                        (alone?.WorkflowId, alone?.WorkflowName, alone?.Status),
                        (read?.WorkflowId, read?.WorkflowName, read?.Status)
                    );
                    Assert.Equal(alone?.Actions.AsEnumerable(), read?.Actions.AsEnumerable());
                }
            });

    [Fact]
    public void An_entry_that_comes_again_is_not_read_again()
    {
        var recent = new RecentNotifications();
        var once = NotificationReader.Read(Wide("running"), recent).Notification!.Actions;
        var again = NotificationReader.Read(Wide("finished"), recent).Notification!.Actions;
        Assert.Equal((once.Length, "running", "finished"), (again.Length, once[50].TaskStatus, again[50].TaskStatus));

        // Of the one that changed too the ids are those that were there before.
        Assert.All(once.Zip(again), static pair => Assert.Same(pair.First.NodeTaskId, pair.Second.NodeTaskId));
        Assert.All(once.Zip(again), static pair => Assert.Same(pair.First.TaskId, pair.Second.TaskId));

        static byte[] Wide(string status) =>
            VendorJson.Write(
                new StatusChange(
                    "w1",
                    "Spring",
                    "running",
                    [
                        .. Enumerable
                            .Range(0, 100)
                            .Select(node => new StatusChangeAction(
                                $"node-{node}",
                                "Voicebot Call",
                                "call",
                                $"task-{node}",
                                node == 50 ? status : "not started"
                            )),
                    ]
                )
            );
    }
}
