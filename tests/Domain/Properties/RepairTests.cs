using System.Text;
using Orleans.Workflow.Grains.Notifications;

namespace Orleans.Workflow.Domain.Tests.Properties;

/// <summary>Bodies that are not as the vendor documents them and are understood all the same.</summary>
public sealed class RepairTests
{
    private const string Rest = """ "status":"running","actions":[]""";

    [Theory]
    [InlineData("12345", "12345")]
    [InlineData("0", "0")]
    [InlineData("-1.50e+3", "-1.50e+3")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    public void A_number_is_taken_as_its_exact_text(string number, string text)
    {
        var (read, repairs) = Read($$"""{"workflow_id":{{number}},"workflow_name":{{number}},{{Rest}}}""");
        (read.WorkflowId, read.WorkflowName).ShouldBe((text, text));
        repairs.ShouldBe([new Repair(RepairKind.NumberAsText, 2, "$.workflow_id")]);
    }

    [Fact]
    public void Numbers_are_taken_in_every_field_of_an_action()
    {
        var (read, repairs) = Read(
            Action("""{"nodetask_id":1,"nodetask_name":2,"node_type":3,"task_id":4,"task_status":5}""")
        );
        read.Actions[0].ShouldBe(new("1", "2", "3", "4", "5"));
        repairs.ShouldBe([new Repair(RepairKind.NumberAsText, 5, "$.actions[0].nodetask_id")]);
    }

    [Fact]
    public void A_label_that_is_null_or_missing_says_nothing()
    {
        var (read, repairs) = Read(
            Action(
                """{"nodetask_id":"n","nodetask_name":null},{"nodetask_id":"m","node_type":"","nodetask_name":"M"}"""
            )
        );
        read.Actions.ShouldBe([new("n", null, null, null, null), new("m", "M", "", null, null)]);
        repairs.ShouldBe([new Repair(RepairKind.LabelMissing, 2, "$.actions[0].nodetask_name")]);

        (read, repairs) = Read($$"""{"workflow_id":"w",{{Rest}}}""");
        read.WorkflowName.ShouldBeNull();
        repairs.ShouldBe([new Repair(RepairKind.LabelMissing, 1, "$.workflow_name")]);
    }

    [Theory]
    [InlineData(@"a\ud83d", "a\ufffd")]
    [InlineData(@"\ude00\ud83d", "\ufffd\ufffd")]
    [InlineData(@"\ud83d\ud83d\ude00!", "\ufffd\ud83d\ude00!")]
    [InlineData(@"\""\\\/\b\f\n\r\t\u00e9é😀\ud83dx", "\"\\/\b\f\n\r\té\u00e9\ud83d\ude00\ufffdx")]
    public void Half_a_surrogate_pair_in_a_label_is_replaced(string json, string text)
    {
        var (read, repairs) = Read(Action($$"""{"nodetask_id":"n","nodetask_name":"{{json}}","node_type":"call"}"""));
        read.Actions[0].NodeTaskName.ShouldBe(text);
        repairs.ShouldBe([new Repair(RepairKind.HalfSurrogatePair, 1, "$.actions[0].nodetask_name")]);
    }

    [Theory]
    [InlineData(@"""x"":""\ud83d""")]
    [InlineData(@"""x"":""\u0000""")]
    [InlineData(@"""\ud83d"":1,""\ude00"":2")]
    [InlineData(@"""a\u0000b"":1")]
    [InlineData(@"""x"":1,""x"":2")]
    [InlineData(@"""x"":{""y"":[1,{""z\ud800"":""\ud83d"",""w"":1,""w"":2}]}")]
    [InlineData(@"""workflow_i\ud800"":1")]
    public void Fields_that_the_product_does_not_read_are_not_checked(string extra)
    {
        var (read, repairs) = Read($$"""{"workflow_id":"w","workflow_name":"n",{{extra}},{{Rest}}}""");
        (read.WorkflowId, read.Status).ShouldBe(("w", "running"));
        repairs.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"workflow_id":null,"status":"running","actions":[]}""", "$.workflow_id")]
    [InlineData("""{"status":"running","actions":[]}""", "$.workflow_id")]
    [InlineData("""{"workflow_id":"\u0000","status":"running","actions":[]}""", "$.workflow_id")]
    [InlineData("""{"workflow_id":"\ud83d","status":"running","actions":[]}""", "$.workflow_id")]
    [InlineData("""{"workflow_id":true,"status":"running","actions":[]}""", "$.workflow_id")]
    [InlineData("""{"workflow_id":"w","workflow_name":{},"status":"running","actions":[]}""", "$.workflow_name")]
    [InlineData("""{"workflow_id":"w","status":"running","actions":[],"x":01}""", "$.x")]
    [InlineData("""{"workflow_id":"w","workflow_id":"w","status":"running","actions":[]}""", "$.workflow_id")]
    public void What_has_no_clear_meaning_is_refused(string body, string path) =>
        NotificationReader.Read(Encoding.UTF8.GetBytes(body)).Error.ShouldNotBeNull().Path.ShouldBe(path);

    [Fact]
    public void What_is_repaired_is_noted_each_time_it_comes()
    {
        var recent = new RecentNotifications();
        var body = Encoding.UTF8.GetBytes(
            Action(
                string.Join(
                    ',',
                    Enumerable.Range(0, 20).Select(static i => $$"""{"nodetask_id":"n{{i}}","node_type":"call"}""")
                )
            )
        );
        for (var i = 0; i < 3; i++)
        {
            NotificationReader.Read(body, recent, out var repairs);
            repairs.ShouldBe([new Repair(RepairKind.LabelMissing, 20, "$.actions[0].nodetask_name")]);
        }
    }

    private static string Action(string actions) =>
        $$"""{"workflow_id":"w","workflow_name":"n","status":"running","actions":[{{actions}}]}""";

    private static (
        Grains.Interfaces.StatusChange Read,
        System.Collections.Immutable.ImmutableArray<Repair> Repairs
    ) Read(string body)
    {
        var (read, error) = NotificationReader.Read(Encoding.UTF8.GetBytes(body), recent: null, out var repairs);
        error.ShouldBeNull();
        return (read!, repairs);
    }
}
