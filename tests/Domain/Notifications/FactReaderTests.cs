using System.Text.Json.Nodes;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Domain.Tests.Notifications;

/// <summary>What is read of each fact, from the example of its kind and from bodies that are nearly it.</summary>
public sealed class FactReaderTests
{
    private const string WorkflowId = "5f0c2a7be41d4c0f9a6be2d1730f8c11";
    private const string Campaign = "Winter campaign";
    private const string Callee = "+12025550174";

    public static TheoryData<FactKind> Kinds =>
        [.. NotificationKinds.All.Where(static kind => kind.Fact is not null).Select(static kind => kind.Fact!.Value)];

    /// <summary>Each field that a notification must have, with its path.</summary>
    public static TheoryData<FactKind, string> RequiredFields { get; } = Required();

    [Fact]
    public void A_list_completion_belongs_to_its_workflow_and_names_its_nodes()
    {
        var fact = Read(FactKind.ListCompletion);

        Ids(fact).ShouldBe((WorkflowId, Campaign, "", null, "c-000174", Callee));
        fact.Nodes.ShouldBe([
            new("0b6f4f0d9b3f4a4c8d1a5a0e6f1c2d01", "Voicebot Call1_a9c2ad", "call", null, null),
            new("0b6f4f0d9b3f4a4c8d1a5a0e6f1c2d02", "SMS1_de09d6", "sms", null, null),
        ]);
        (fact.Value, fact.OccurredAt).ShouldBe((null, null));
        Identity(fact).ShouldBe(["list_completion", null, "c-000174", "12025550174"]);
    }

    [Fact]
    public void A_call_completion_is_its_call_with_the_reason_of_its_end()
    {
        var fact = Read(FactKind.CallCompletion);

        Ids(fact)
            .ShouldBe(
                (
                    WorkflowId,
                    Campaign,
                    "0b6f4f0d9b3f4a4c8d1a5a0e6f1c2d01",
                    "7c1d9f4be0a24f1c8a52d3b0c9e8f702",
                    "c-000174",
                    "12025550174"
                )
            );
        fact.Nodes.ShouldBe([new(fact.NodetaskId, "Voicebot Call1_a9c2ad", null, null, null)]);
        (fact.Value, fact.OccurredAt).ShouldBe(("14", null));
        Identity(fact).ShouldBe(["call_completion", "14", "call-8e21-000174"]);
    }

    [Fact]
    public void A_custom_node_is_its_whole_body()
    {
        var fact = Read(FactKind.CustomNode);

        Ids(fact).ShouldBe((WorkflowId, Campaign, "0b6f4f0d9b3f4a4c8d1a5a0e6f1c2d03", null, "c-000174", Callee));
        fact.Nodes.ShouldBe([new(fact.NodetaskId, "Custom API1_77b0e2", null, null, null)]);
        (fact.Value, fact.OccurredAt).ShouldBe((null, null));
        ShouldBeTheHash(fact);
        fact.Identity.ShouldNotBe(Read(FactKind.CustomNode, static body => body["callee"]!["extra_a"] = "43").Identity);
    }

    [Fact]
    public void A_status_of_a_message_is_the_message_with_the_status()
    {
        var fact = Read(FactKind.WabaStatus);

        Ids(fact).ShouldBe((WorkflowId, Campaign, "0b6f4f0d9b3f4a4c8d1a5a0e6f1c2d04", null, null, Callee));
        fact.Nodes.ShouldBe([new(fact.NodetaskId, "WhatsApp1_31f9aa", null, null, null)]);
        Identity(fact).ShouldBe(["waba_status", "read", "m-000174-1"]);
        Identity(Read(FactKind.WabaStatus, static body => body["status"] = "delivered"))
            .ShouldBe(["waba_status", "delivered", "m-000174-1"]);

        var bare = Read(FactKind.WabaStatus, """{"workflow_id":"w"}""");
        Ids(bare).ShouldBe(("w", null, "", null, null, null));
        bare.Nodes.ShouldBeEmpty();
        ShouldBeTheHash(bare);
    }

    [Fact]
    public void The_end_of_a_chatbots_session_has_a_reason_and_a_time()
    {
        var fact = Read(FactKind.ChatbotSession);

        Ids(fact)
            .ShouldBe(
                (
                    WorkflowId,
                    Campaign,
                    "0b6f4f0d9b3f4a4c8d1a5a0e6f1c2d05",
                    "2f7e6a9c1b3d4e5f8091a2b3c4d5e605",
                    null,
                    Callee
                )
            );
        (fact.Value, fact.OccurredAt).ShouldBe(("robot", new DateTimeOffset(2026, 12, 1, 9, 30, 58, TimeSpan.Zero)));
        Identity(fact).ShouldBe(["chatbot_session", "robot", "session-000174"]);
    }

    [Theory]
    [InlineData("2026-12-01T17:30:58.25+08:00", "2026-12-01T09:30:58.2500000+00:00")]
    [InlineData("2026-12-01T09:30:58", "2026-12-01T09:30:58.0000000+00:00")]
    [InlineData("yesterday", "2026-12-01T09:30:58.0000000+00:00")]
    [InlineData(null, "2026-12-01T09:30:58.0000000+00:00")]
    public void The_end_of_a_session_is_its_time_if_it_can_be_read(string? end, string time) =>
        Read(FactKind.ChatbotSession, body => body["session_end_time"] = end)
            .OccurredAt.ShouldNotBeNull()
            .ToString("O")
            .ShouldBe(time);

    [Fact]
    public void A_time_that_is_no_date_is_no_time() =>
        Read(FactKind.ChatbotSession, static body =>
        {
            body.Remove("session_end_time");
            body["timestamp"] = long.MaxValue;
        })
            .OccurredAt.ShouldBeNull();

    [Fact]
    public void A_notification_of_the_dialer_belongs_to_its_task_and_no_workflow()
    {
        var fact = Read(FactKind.Dialer);

        Ids(fact)
            .ShouldBe(
                ("", null, "9d3b7a5e1c2f4086a7b8c9d0e1f20306", "9d3b7a5e1c2f4086a7b8c9d0e1f20306", null, "12025550174")
            );
        fact.Nodes.ShouldBeEmpty();
        fact.Value.ShouldBe("HANGUP");
        Identity(fact).ShouldBe(["dialer", "HANGUP", "ContactStatus", "call-8e21-000175"]);
    }

    [Theory]
    [InlineData("""{"type":"TaskStatus","body":{"taskId":"t","callid":"c","state":"Finished"}}""", "t", "Finished")]
    [InlineData("""{"type":"AgentStatus","body":{"taskId":"t","callid":"c","State":"Idle"}}""", "c", "Idle")]
    [InlineData("""{"body":{"callid":5,"workflow_id":"w","node_id":"n"},"type":"AgentStatus"}""", "5", null)]
    public void Each_type_of_the_dialer_has_an_identity(string body, string id, string? value)
    {
        var fact = Read(FactKind.Dialer, body);

        Identity(fact).ShouldBe(["dialer", value, JsonNode.Parse(body)!["type"]!.GetValue<string>(), id]);
        (fact.WorkflowId, fact.Value).ShouldBe(("", value));
    }

    [Fact]
    public void What_the_dialer_sends_without_an_id_is_its_whole_body() =>
        ShouldBeTheHash(Read(FactKind.Dialer, """{"type":"TaskStatus","body":{}}"""));

    [Fact]
    public void A_notification_of_no_kind_is_kept_with_what_it_names()
    {
        var fact = Read(
            FactKind.Unknown,
            """{"workflow_id":"w","node_id":"n","rows":1,"callee":{"case_id":"c"},"x":[]}"""
        );
        Ids(fact).ShouldBe(("w", null, "n", null, "c", null));
        ShouldBeTheHash(fact);

        Ids(Read(FactKind.Unknown, """{"workflow_id":["w"],"nodetask_id":null}"""))
            .ShouldBe(("", null, "", null, null, null));
        FactReader.Read(FactKind.Unknown, "[]"u8.ToArray()).Error.ShouldNotBeNull().Path.ShouldBe("$");
    }

    [Theory]
    [InlineData("case_id", "caseid")]
    [InlineData("nodetask_id", "node_id")]
    [InlineData("nodetask_name", "node_name")]
    [InlineData("task_id", "waba_task_id")]
    [InlineData("task_id", "taskId")]
    [InlineData("callid", "call_id")]
    [InlineData("callid", "callId")]
    [InlineData("callee", "callee_number")]
    [InlineData("callee", "phoneNumber")]
    [InlineData("hangup_reason", "hangupReason")]
    public void Names_of_the_same_thing_are_read_as_one(string name, string other)
    {
        var renamed = Read(FactKind.CallCompletion, body =>
        {
            body[other] = body[name]!.DeepClone();
            body.Remove(name);
        });

        ShouldBeTheSame(renamed, Read(FactKind.CallCompletion));
    }

    [Fact]
    public void A_callee_may_be_an_object_that_holds_the_number_and_the_case()
    {
        var nested = Read(FactKind.CallCompletion, static body =>
            body["callee"] = new JsonObject { ["callee_number"] = "12025550174" }
        );

        ShouldBeTheSame(nested, Read(FactKind.CallCompletion));
    }

    [Fact]
    public void An_entry_of_a_list_is_the_same_with_and_without_a_plus() =>
        Read(FactKind.ListCompletion, static body => body["callee_number"] = " 12025550174 ")
            .Identity.ShouldBe(Read(FactKind.ListCompletion).Identity);

    [Fact]
    public void Identities_of_other_parts_are_other_identities()
    {
        Identity("a", "\",\"b").ShouldNotBe(Identity("a\",\"", "b"));

        static string Identity(string caseId, string callee) =>
            Read(FactKind.ListCompletion, body => (body["case_id"], body["callee_number"]) = (caseId, callee)).Identity;
    }

    [Theory]
    [MemberData(nameof(RequiredFields))]
    public void A_required_field_that_is_missing_or_of_a_wrong_type_is_refused_with_its_path(FactKind kind, string path)
    {
        ShouldBeRefused(static (parent, name) => parent.Remove(name));
        ShouldBeRefused(static (parent, name) => parent[name] = null);
        ShouldBeRefused(static (parent, name) => parent[name] = true);

        void ShouldBeRefused(Action<JsonObject, string> change)
        {
            var names = path.Split('.');
            var body = NotificationExamples.With(NotificationKinds.Of(kind), body =>
                change(names.SkipLast(1).Aggregate(body, (at, name) => at[name]!.AsObject()), names[^1])
            );

            FactReader.Read(kind, body).Error.ShouldNotBeNull().Path.ShouldBe($"$.{path}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_label_that_is_null_or_missing_says_nothing(FactKind kind)
    {
        foreach (var label in NotificationKinds.Of(kind).Required.Where(static field => field.Type == FieldType.Label))
        {
            foreach (
                var change in (Action<JsonObject>[])[body => body.Remove(label.Name), body => body[label.Name] = null]
            )
            {
                var body = NotificationExamples.With(NotificationKinds.Of(kind), change);
                var (fact, _) = FactReader.Read(kind, body, out var repairs);

                (label.Name == "workflow_name" ? fact!.WorkflowName : fact!.Nodes[0].NodeTaskName).ShouldBeNull();
                repairs.ShouldBe([new Repair(RepairKind.LabelMissing, 1, $"$.{label.Name}")]);
            }
        }
    }

    [Fact]
    public void A_number_is_taken_as_its_exact_text()
    {
        var body = """
            {"workflow_id":1,"workflow_name":2,"case_id":1.50e+3,"callee_number":12025550174,
             "rows":[{"nodetask_id":4,"nodetask_name":5,"node_type":"call"}]}
            """;
        var (fact, _) = FactReader.Read(FactKind.ListCompletion, NotificationExamples.Bytes(body), out var repairs);

        Ids(fact!).ShouldBe(("1", "2", "", null, "1.50e+3", "12025550174"));
        fact!.Nodes.ShouldBe([new("4", "5", "call", null, null)]);
        repairs.ShouldBe([new Repair(RepairKind.NumberAsText, 6, "$.workflow_id")]);
    }

    [Theory]
    [InlineData("\"busy\"", "busy")]
    [InlineData("14", "14")]
    [InlineData("null", null)]
    [InlineData("\"\"", null)]
    [InlineData("{\"reason\":14}", null)]
    [InlineData("\"01234567890123456789012345678901234567890123456789012345678901234\"", null)]
    public void A_value_is_a_short_word_or_nothing(string json, string? value) =>
        Read(FactKind.CallCompletion, body => body["hangup_reason"] = JsonNode.Parse(json)).Value.ShouldBe(value);

    [Theory]
    [InlineData("call_id", """{"x":1}""")]
    [InlineData("callee", "[1]")]
    [InlineData("waba_task_id", "true")]
    public void An_undocumented_field_of_another_type_says_nothing(string name, string json) =>
        ShouldBeTheSame(Read(FactKind.CallCompletion, body =>
            {
                body["phoneNumber"] = "12025550174";
                body[name] = JsonNode.Parse(json);
            }), Read(FactKind.CallCompletion));

    [Theory]
    [InlineData("""{"workflow_id":".","x":1}""", "$.workflow_id")]
    [InlineData("""{"workflow_id":"..","x":1}""", "$.workflow_id")]
    [InlineData("""{"workflow_id":" "}""", "$.workflow_id")]
    [InlineData("""{"workflow_id":"a\u0000b"}""", "$.workflow_id")]
    [InlineData("""{"workflow_id":"\ud83d"}""", "$.workflow_id")]
    [InlineData("""{"workflow_id":"w","status":"\u0000"}""", "$.status")]
    [InlineData("""{"workflow_id":"w","workflow_id":"w"}""", "$.workflow_id")]
    [InlineData("""{"workflow_id":"w","callee":{"callee_number":"1","callee_number":"1"}}""", "$.callee.callee_number")]
    [InlineData("""{"workflow_id":"w","x":[1,{"y":01}]}""", "$.x[1].y")]
    [InlineData("""{"workflow_id":"w"}}""", "$")]
    [InlineData("""["workflow_id"]""", "$")]
    [InlineData("", "$")]
    public void What_has_no_clear_meaning_is_refused_with_its_path(string body, string path) =>
        FactReader
            .Read(FactKind.WabaStatus, NotificationExamples.Bytes(body))
            .Error.ShouldNotBeNull()
            .Path.ShouldBe(path);

    [Theory]
    [InlineData("workflow_id", 128)]
    [InlineData("msg_id", 128)]
    [InlineData("workflow_name", 1024)]
    public void What_is_too_long_is_refused(string name, int limit)
    {
        Read(FactKind.WabaStatus, body => body[name] = new string('x', limit));

        FactReader
            .Read(
                FactKind.WabaStatus,
                NotificationExamples.With(NotificationKinds.Of(FactKind.WabaStatus), body =>
                    body[name] = new string('x', limit + 1)
                )
            )
            .Error.ShouldNotBeNull()
            .Path.ShouldBe($"$.{name}");
    }

    [Fact]
    public void A_body_is_UTF8_with_or_without_a_byte_order_mark_and_not_too_deep()
    {
        byte[] body = [.. """{"workflow_id":"w"}"""u8];
        ShouldBeTheSame(
            FactReader.Read(FactKind.WabaStatus, (byte[])[0xEF, 0xBB, 0xBF, .. body]).Fact!,
            FactReader.Read(FactKind.WabaStatus, body).Fact!
        );

        FactReader.Read(FactKind.WabaStatus, (byte[])[0xFF, .. body]).Error.ShouldNotBeNull().Path.ShouldBe("$");
        FactReader.Read(FactKind.WabaStatus, Nested(31)).Error.ShouldBeNull();
        FactReader.Read(FactKind.WabaStatus, Nested(32)).Error.ShouldNotBeNull();

        static byte[] Nested(int depth) =>
            NotificationExamples.Bytes(
                $$"""{"workflow_id":"w","x":{{new string('[', depth)}}{{new string(']', depth)}}}"""
            );
    }

    [Fact]
    public void A_list_completion_has_ten_thousand_rows_at_most_and_each_is_checked()
    {
        Rows(Enumerable.Repeat("""{"nodetask_id":"n"}""", 10_000)).Error.ShouldBeNull();
        Rows(Enumerable.Repeat("""{"nodetask_id":"n"}""", 10_001)).Error!.Path.ShouldBe("$.rows[10000]");
        Rows(["""{"nodetask_id":"n"}""", "{}"]).Error!.Path.ShouldBe("$.rows[1].nodetask_id");
        Rows(["5"]).Error!.Path.ShouldBe("$.rows[0]");

        static (Fact? Fact, NotificationError? Error) Rows(IEnumerable<string> rows) =>
            FactReader.Read(
                FactKind.ListCompletion,
                NotificationExamples.Bytes(
                    $$"""{"workflow_id":"w","case_id":"c","callee_number":"1","rows":[{{string.Join(',', rows)}}]}"""
                )
            );
    }

    private static TheoryData<FactKind, string> Required()
    {
        var paths = new TheoryData<FactKind, string>();
        foreach (var kind in NotificationKinds.All.Where(static kind => kind.Fact is not null))
        {
            foreach (var field in kind.Required.Where(static field => field.Type != FieldType.Label))
            {
                paths.Add(kind.Fact!.Value, field.Name);
                foreach (var inner in field.Fields)
                    paths.Add(kind.Fact!.Value, $"{field.Name}.{inner.Name}");
            }
        }

        return paths;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Whatever_bytes_come_are_a_fact_or_an_error_with_a_path(FactKind kind)
    {
        var random = new Random(20261201);
        var example = NotificationExamples.Of(NotificationKinds.Of(kind));
        var errors = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var body = example[..random.Next(example.Length / 2, example.Length + 1)];
            for (var changes = random.Next(4); changes > 0; changes--)
                body[random.Next(body.Length)] = (byte)random.Next(0x20, 0x90);

            var (fact, error) = FactReader.Read(kind, body);
            (fact is null).ShouldBe(error is not null);
            error?.Path.ShouldStartWith("$");
            errors += error is null ? 0 : 1;
            var (recognised, unrecognised) = FactReader.Tell(body);
            (recognised is null).ShouldBe(unrecognised is not null);
        }

        errors.ShouldBeInRange(1, 5_000);
    }

    private static Fact Read(FactKind kind, Action<JsonObject>? change = null) =>
        ReadBody(kind, NotificationExamples.With(NotificationKinds.Of(kind), change ?? (static _ => { })));

    private static Fact Read(FactKind kind, string body) => ReadBody(kind, NotificationExamples.Bytes(body));

    private static Fact ReadBody(FactKind kind, byte[] body)
    {
        var (fact, error) = FactReader.Read(kind, body);
        error.ShouldBeNull();
        fact.ShouldNotBeNull().Kind.ShouldBe(kind);
        return fact;
    }

    private static (string, string?, string, string?, string?, string?) Ids(Fact fact) =>
        (fact.WorkflowId, fact.WorkflowName, fact.NodetaskId, fact.TaskId, fact.CaseId, fact.Callee);

    private static string?[] Identity(Fact fact) =>
        [.. JsonNode.Parse(fact.Identity)!.AsArray().Select(static part => part?.GetValue<string>())];

    private static void ShouldBeTheHash(Fact fact)
    {
        var identity = Identity(fact);
        (identity.Length, identity[1], identity[2]).ShouldBe((4, fact.Value, null));
        identity[3].ShouldNotBeNull().Length.ShouldBe(43);
    }

    private static void ShouldBeTheSame(Fact one, Fact other)
    {
        one.Nodes.ShouldBe(other.Nodes);
        (one with { Nodes = [], Identity = "" }).ShouldBe(other with { Nodes = [], Identity = "" });
        if (Identity(other)[2] is not null)
            one.Identity.ShouldBe(other.Identity);
    }
}
