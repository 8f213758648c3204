using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>Bodies that are refused with 400, and the JSON path of what is wrong in each.</summary>
internal static class BrokenBodies
{
    private const string TooDeep = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]";

    private static readonly string[] TopStrings = ["workflow_id", "workflow_name", "status"];
    private static readonly string[] ActionStrings =
    [
        "nodetask_id",
        "nodetask_name",
        "node_type",
        "task_id",
        "task_status",
    ];

    /// <summary>What is wrong, the body, the path.</summary>
    public static IEnumerable<(string What, string Body, string Path)> All =>
        [
            .. NotJson,
            .. NotObjects,
            .. WrongTypes,
            .. Twice,
            .. Missing,
            .. Blank,
            .. BadCharacters,
            .. TooLong,
            .. Odd,
        ];

    private static IEnumerable<(string, string, string)> NotJson =>
        [
            ("nothing", "", "$"),
            ("blanks only", "  ", "$"),
            ("no JSON", "status=running", "$"),
            ("cut off", """{"workflow_id":"w",""", "$.workflow_id"),
            ("cut off in an action", """{"workflow_id":"w","actions":[{"nodetask_id":"n""", "$.actions[0].nodetask_id"),
            ("something after it", RawBody.Of("w") + "x", "$"),
            ("two objects", RawBody.Of("w") + "{}", "$"),
            ("a comment", RawBody.TopExtra("/* why */\"x\":1"), "$.actions"),
            ("single quotes", "{'workflow_id':'w'}", "$"),
            ("a comma too many", RawBody.Of("w")[..^1] + ",}", "$.actions"),
            ("a bare line break in a string", RawBody.Top("status", "\"a\nb\""), "$.status"),
            ("a number that is none", RawBody.TopExtra("\"x\":01"), "$.x"),
        ];

    private static IEnumerable<(string, string, string)> NotObjects =>
        from body in (string[])["[]", "null", "1", "true", "\"text\"", $"[{RawBody.Of("w")}]"]
        select ($"the body is {body[..Math.Min(5, body.Length)]}", body, "$");

    private static IEnumerable<(string, string, string)> WrongTypes =>
        [
            .. from name in (string[])["workflow_id", "status"]
            select ($"{name} is null", RawBody.Top(name, "null"), $"$.{name}"),
            .. from name in TopStrings
            from json in (string[])["true", "{}", "[]", "[\"w\"]"]
            select ($"{name} is {json}", RawBody.Top(name, json), $"$.{name}"),
            .. from name in ActionStrings
            from json in (string[])["false", "{}", "[]"]
            select ($"{name} is {json}", RawBody.Action(name, json), $"$.actions[3].{name}"),
            ("nodetask_id is null", RawBody.Action("nodetask_id", "null"), "$.actions[3].nodetask_id"),
            .. from json in (string[])["null", "1", "\"x\"", "{}", "true"]
            select ($"actions is {json}", RawBody.AllActions(json), "$.actions"),
            .. from json in (string[])["null", "1", "\"x\"", "[]", "true"]
            select ($"an action is {json}", RawBody.AllActions($"[{json}]"), "$.actions[0]"),
        ];

    private static IEnumerable<(string, string, string)> Twice =>
        [
            .. from name in TopStrings select ($"{name} twice", RawBody.TopExtra($"\"{name}\":\"w\""), $"$.{name}"),
            .. from name in ActionStrings
            select ($"{name} twice", RawBody.ActionExtra($"\"{name}\":\"w\""), $"$.actions[3].{name}"),
            ("actions twice", RawBody.TopExtra("\"actions\":[]"), "$.actions"),
            ("the second one escaped", RawBody.TopExtra(@"""\u0073tatus"":""done"""), "$.status"),
            (
                "the second one escaped, in an action",
                RawBody.ActionExtra(@"""tas\u006B_id"":""t2"""),
                "$.actions[3].task_id"
            ),
        ];

    private static IEnumerable<(string, string, string)> Missing =>
        [
            .. from name in (string[])["workflow_id", "status"]
            select ($"no {name}", RawBody.Top(name, null), $"$.{name}"),
            ("no nodetask_id", RawBody.Action("nodetask_id", null), "$.actions[3].nodetask_id"),
            ("no actions", RawBody.AllActions(null), "$.actions"),
            ("an empty object", "{}", "$.workflow_id"),
            ("an empty action", RawBody.AllActions("[{}]"), "$.actions[0].nodetask_id"),
            (
                "another case is another name",
                RawBody
                    .Top("status", null)
                    .Replace("\"actions\"", "\"Status\":\"running\",\"actions\"", StringComparison.Ordinal),
                "$.status"
            ),
        ];

    private static IEnumerable<(string, string, string)> Blank =>
        [
            .. from name in (string[])["workflow_id", "status"]
            from blank in (string[])["", " ", @"\t\n", @"\u00a0"]
            select ($"{name} is '{blank}'", RawBody.Top(name, $"\"{blank}\""), $"$.{name}"),
            .. from blank in (string[])["", " ", @"\u2003"]
            select (
                $"nodetask_id is '{blank}'",
                RawBody.Action("nodetask_id", $"\"{blank}\""),
                "$.actions[3].nodetask_id"
            ),
        ];

    private static IEnumerable<(string, string, string)> BadCharacters =>
        [
            .. from bad in (string[])[@"\u0000", @"\ud83d", @"\ude00", @"\ude00\ud83d", @"\ud83dx", @"\ud83d\u0041"]
            from broken in Holding(bad)
            select broken,
        ];

    private static IEnumerable<(string, string, string)> TooLong =>
        [
            Long("workflow_id", 128, isTop: true),
            Long("status", 256, isTop: true),
            Long("workflow_name", 1024, isTop: true),
            Long("nodetask_id", 128, isTop: false),
            Long("task_id", 128, isTop: false),
            Long("task_status", 256, isTop: false),
            Long("nodetask_name", 1024, isTop: false),
            Long("node_type", 1024, isTop: false),
        ];

    private static IEnumerable<(string, string, string)> Odd =>
        [
            (
                "nests too deep",
                RawBody.TopExtra($"\"x\":{TooDeep}"),
                "$.x" + string.Concat(Enumerable.Repeat("[0]", 30))
            ),
            ("the id is a dot", RawBody.Top("workflow_id", "\".\""), "$.workflow_id"),
            ("the id is two dots", RawBody.Top("workflow_id", "\"..\""), "$.workflow_id"),
            ("the id is two dots, escaped", RawBody.Top("workflow_id", @"""\u002e."""), "$.workflow_id"),
        ];

    private static IEnumerable<(string, string, string)> Holding(string bad) =>
        [
            .. from name in (string[])["workflow_id", "status"]
            select ($"{bad} in {name}", RawBody.Top(name, $"\"a{bad}b\""), $"$.{name}"),
            .. from name in (string[])["nodetask_id", "task_id", "task_status"]
            select ($"{bad} in {name}", RawBody.Action(name, $"\"a{bad}b\""), $"$.actions[3].{name}"),
            .. from name in (string[])["nodetask_name", "node_type"]
            where bad == @"\u0000"
            select ($"{bad} in {name}", RawBody.Action(name, $"\"a{bad}b\""), $"$.actions[3].{name}"),
        ];

    private static (string, string, string) Long(string name, int most, bool isTop)
    {
        var json = $"\"{new string('x', most + 1)}\"";
        return isTop
            ? ($"{name} has {most + 1} characters", RawBody.Top(name, json), $"$.{name}")
            : ($"{name} has {most + 1} characters", RawBody.Action(name, json), $"$.actions[3].{name}");
    }
}
