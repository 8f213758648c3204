using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Api.Tests.Promises;

/// <summary>The description of the contract that others generate their clients from.</summary>
[Collection(OnSqlite.Name)]
public sealed class OpenApiTests(SqliteApi api)
{
    private const string Renew = "RENEW_OPENAPI";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Fact]
    public async Task The_document_in_the_repository_is_the_one_that_is_served()
    {
        var served = (await ReadText())!.AsObject();
        served.Remove("servers");
        if (Environment.GetEnvironmentVariable(Renew) == "1")
            await File.WriteAllTextAsync(
                Contract.Path,
                served.ToJsonString(Indented) + "\n",
                TestContext.Current.CancellationToken
            );

        var kept = JsonNode.Parse(await File.ReadAllTextAsync(Contract.Path, TestContext.Current.CancellationToken));
        JsonNode
            .DeepEquals(kept, served)
            .ShouldBeTrue(
                $"The contract has changed. Review the difference after running this test once with {Renew}=1."
            );
    }

    [Fact]
    public async Task Every_operation_has_a_name_of_its_own()
    {
        var names = (await Read())
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(static path => path.Value.EnumerateObject())
            .Select(static operation => operation.Value.Word("operationId"))
            .ToList();

        names.ShouldAllBe(static name => !string.IsNullOrEmpty(name));
        names.ShouldBeUnique();
    }

    [Fact]
    public async Task An_answer_that_is_not_as_it_is_described_is_noticed()
    {
        var id = Report.NewId();
        await api.Client.ReportAsync(Report.Workflow(id));
        var reply = await api.Client.GetAsync(ApiClient.Of(id));
        var state = JsonNode.Parse(reply.Body)!.AsObject();
        Contract.Check("GET", ApiClient.Of(id), 200, "application/json", reply.Body);

        ShouldBeNoticed(404, "application/json", state);
        ShouldBeNoticed(200, "text/plain", state);
        ShouldBeNoticed(418, "application/json", state);
        ShouldBeNoticed(200, "application/json", With(static changed => changed.Remove("phase")));
        ShouldBeNoticed(200, "application/json", With(static changed => changed["phase"] = "paused"));
        ShouldBeNoticed(200, "application/json", With(static changed => changed["version"] = "1"));
        ShouldBeNoticed(200, "application/json", With(static changed => changed["more"] = 1));

        void ShouldBeNoticed(int status, string contentType, JsonObject body) =>
            Should.Throw<ContractException>(() =>
                Contract.Check("GET", ApiClient.Of(id), status, contentType, JsonSerializer.SerializeToUtf8Bytes(body))
            );

        JsonObject With(Action<JsonObject> change)
        {
            var changed = state.DeepClone().AsObject();
            change(changed);
            return changed;
        }
    }

    [Fact]
    public async Task Every_route_is_described()
    {
        var paths = (await Read()).GetProperty("paths");

        paths
            .EnumerateObject()
            .SelectMany(static path =>
                path.Value.EnumerateObject().Select(operation => $"{operation.Name} {path.Name}")
            )
            .ShouldBe(
                [
                    "post /webhooks/{source}",
                    "post /webhooks/{source}/{secret}",
                    .. NotificationKinds.All.Select(static kind => $"post /webhooks/{{source}}/{kind.Path}"),
                    .. NotificationKinds.All.Select(static kind => $"post /webhooks/{{source}}/{{secret}}/{kind.Path}"),
                    "get /workflows",
                    "get /workflows/{workflow_id}",
                    "get /workflows/{workflow_id}/nodes/{nodetask_id}",
                    "get /workflows/{workflow_id}/history",
                    "get /workflows/{workflow_id}/receipts",
                    "get /receipts/{receipt_id}",
                    "get /workflows/{workflow_id}/facts",
                    "get /workflows/{workflow_id}/nodes/{nodetask_id}/facts",
                    "get /facts",
                    "get /workflow-counts",
                    "get /workflows/{workflow_id}/events",
                    "get /events",
                    "get /workflows/{workflow_id}/explain",
                    "get /workflows/{workflow_id}/explain/overruled",
                    "get /vocabulary",
                    "post /admin/refold",
                    "get /admin/refold",
                    "post /admin/erasures",
                    "get /admin/actions",
                    "get /admin/sources",
                    "get /admin/keys",
                ],
                ignoreOrder: true
            );
        foreach (
            var operation in paths
                .EnumerateObject()
                .SelectMany(static path => path.Value.EnumerateObject())
                .Select(static operation => operation.Value)
        )
        {
            operation.Word("summary").ShouldNotBeNullOrWhiteSpace();
            operation.Word("description").ShouldNotBeNullOrWhiteSpace();
            operation.GetProperty("responses").TryGetProperty("200", out _).ShouldBeTrue();
            operation.GetProperty("responses").TryGetProperty("400", out _).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task The_credentials_of_each_route_are_described()
    {
        var document = await Read();
        var schemes = document.GetProperty("components").GetProperty("securitySchemes");

        foreach (
            var (path, operation) in document
                .GetProperty("paths")
                .EnumerateObject()
                .SelectMany(static path =>
                    path.Value.EnumerateObject().Select(operation => (path.Name, operation.Value))
                )
        )
        {
            var isOfSenders = path.StartsWith("/webhooks/", StringComparison.Ordinal);
            var asked = operation
                .Items("security")
                .Select(static one =>
                    one.EnumerateObject().Select(static scheme => scheme.Name).SingleOrDefault("none")
                )
                .ToList();
            asked.ShouldBe(isOfSenders ? ["bearer", "basic", "none"] : ["api_key", "bearer", "basic"], path);
            asked
                .Where(static name => name != "none")
                .Except(schemes.EnumerateObject().Select(static scheme => scheme.Name))
                .ShouldBeEmpty();
            operation.GetProperty("responses").TryGetProperty("401", out _).ShouldBeTrue(path);

            // Of senders a push alone, which may have to be confirmed by the vendor, on its own path or that of all.
            var mayBePush = path.EndsWith("/custom-node", StringComparison.Ordinal) || path.EndsWith('}');
            operation.GetProperty("responses").TryGetProperty("403", out _).ShouldBe(!isOfSenders || mayBePush, path);
        }
    }

    [Fact]
    public async Task Every_parameter_is_described()
    {
        var paths = (await Read()).GetProperty("paths");

        foreach (var path in paths.EnumerateObject())
        {
            var inPath = Regex.Matches(path.Name, @"\{(\w+)\}").Select(static match => match.Groups[1].Value);
            foreach (var operation in path.Value.EnumerateObject())
                Parameters(operation.Value, "path")
                    .ShouldBe(inPath, $"path parameters of {operation.Name} {path.Name}");
        }

        string[] ofState = ["phase", "status", "outcome", "name", "attention", "node_type", "workflow_id"];
        string[] filters = [.. ofState, "changed_after", "changed_before", "silent_for", "unreviewed"];
        Query("/workflows").ShouldBe([.. filters, "sort", "limit", "cursor"]);
        Query("/events").ShouldBe([.. ofState, "last_event_id", "every", "include"]);
        Query("/workflows/{workflow_id}/events").ShouldBe(["last_event_id", "every", "include"]);
        Query("/workflow-counts").ShouldBe([.. filters, "group_by", "limit"]);
        Query("/vocabulary").ShouldBe(["limit", "cursor"]);
        Query("/workflows/{workflow_id}").ShouldBe(["min_version", "until", "wait", "as_of_version", "as_of"]);
        Query("/workflows/{workflow_id}/explain").ShouldBeEmpty();
        Query("/workflows/{workflow_id}/explain/overruled")
            .ShouldBe(["nodetask_id", "task_id", "name", "limit", "cursor"]);
        Parameters(paths.GetProperty("/admin/refold").GetProperty("post"), "query").ShouldBe(["dry_run"]);
        Query("/workflows/{workflow_id}/history").ShouldBe(["limit", "cursor"]);
        Query("/workflows/{workflow_id}/receipts").ShouldBe(["limit", "cursor"]);
        Query("/receipts/{receipt_id}").ShouldBeEmpty();
        string[] ofFacts = ["kind", "value", "case_id", "callee", "received_after", "received_before"];
        foreach (
            var path in (string[])
                ["/facts", "/workflows/{workflow_id}/facts", "/workflows/{workflow_id}/nodes/{nodetask_id}/facts"]
        )
            Query(path).ShouldBe([.. ofFacts, "limit", "cursor"]);

        IEnumerable<string?> Query(string path) => Parameters(paths.GetProperty(path).GetProperty("get"), "query");
    }

    [Fact]
    public async Task The_body_of_a_notification_is_described_as_the_vendor_names_it()
    {
        var document = await Read();
        var body = document
            .GetProperty("paths")
            .GetProperty("/webhooks/{source}/workflow-status")
            .GetProperty("post")
            .GetProperty("requestBody");

        var schema = Follow(
            document,
            body.GetProperty("content").GetProperty("application/json").GetProperty("schema")
        );

        Names(schema).ShouldBe(["workflow_id", "workflow_name", "status", "actions"]);
        Required(schema).ShouldBe(["workflow_id", "workflow_name", "status", "actions"]);
        var action = Follow(document, schema.GetProperty("properties").GetProperty("actions").GetProperty("items"));
        Names(action).ShouldBe(["nodetask_id", "nodetask_name", "node_type", "task_id", "task_status"]);
        Required(action).ShouldBe(["nodetask_id", "nodetask_name", "node_type"]);
    }

    [Fact]
    public async Task Each_kind_of_notification_is_described_with_its_fields_and_its_example()
    {
        var paths = (await Read()).GetProperty("paths");
        foreach (var kind in NotificationKinds.All)
        {
            foreach (var root in (string[])["/webhooks/{source}", "/webhooks/{source}/{secret}"])
            {
                var body = Body($"{root}/{kind.Path}");
                var example = JsonNode.Parse(NotificationExamples.Of(kind));
                JsonNode.DeepEquals(JsonNode.Parse(body.GetProperty("example").GetRawText()), example).ShouldBeTrue();
                JsonNode
                    .DeepEquals(
                        JsonNode.Parse(
                            Body(root).GetProperty("examples").GetProperty(kind.Name).GetProperty("value").GetRawText()
                        ),
                        example
                    )
                    .ShouldBeTrue();
                if (kind.Fact is not null)
                    Required(body.GetProperty("schema")).ShouldBe(kind.Required.Select(static field => field.Name));
            }
        }

        JsonElement Body(string path) =>
            paths
                .GetProperty(path)
                .GetProperty("post")
                .GetProperty("requestBody")
                .GetProperty("content")
                .GetProperty("application/json");
    }

    [Fact]
    public async Task An_answer_has_the_names_that_are_described()
    {
        var document = await Read();
        var id = Report.NewId();
        var reply = await api.Client.ReportAsync(
            Report.Workflow(id, "running", "A", Report.Node("n", task: "t", status: "running"))
        );

        foreach (
            var (path, described) in ((string, string)[])
                [
                    (ApiClient.Of(id), "/workflows/{workflow_id}"),
                    ($"{ApiClient.Of(id)}/nodes/n", "/workflows/{workflow_id}/nodes/{nodetask_id}"),
                    ($"{ApiClient.Of(id)}/history", "/workflows/{workflow_id}/history"),
                    ($"{ApiClient.Of(id)}/receipts", "/workflows/{workflow_id}/receipts"),
                    ($"/receipts/{reply.Header("X-Receipt-Id")}", "/receipts/{receipt_id}"),
                    ($"{ApiClient.Of(id)}/explain", "/workflows/{workflow_id}/explain"),
                    ($"{ApiClient.Of(id)}/explain/overruled", "/workflows/{workflow_id}/explain/overruled"),
                    ("/vocabulary", "/vocabulary"),
                    ("/workflows", "/workflows"),
                    ("/workflow-counts", "/workflow-counts"),
                ]
        )
        {
            var operation = document.GetProperty("paths").GetProperty(described).GetProperty("get");
            var schema = operation
                .GetProperty("responses")
                .GetProperty("200")
                .GetProperty("content")
                .GetProperty("application/json")
                .GetProperty("schema");
            ShouldFit(
                document,
                Follow(document, schema),
                (await api.Client.GetAsync(path)).Expect(200).Json,
                described
            );
        }
    }

    [Fact]
    public async Task Words_are_described_as_words()
    {
        var schemas = (await Read()).GetProperty("components").GetProperty("schemas");

        Words("WorkflowPhase").ShouldBe(["scheduled", "active", "ended"]);
        Words("WorkflowOutcome").ShouldBe(["completed", "cancelled", "failed"]);
        Words("ReceiptEffect").ShouldBe(["duplicate", "stale", "advanced", "conflict", "recorded", "differs"]);
        Words("FactKind")
            .ShouldBe([
                "list_completion",
                "call_completion",
                "custom_node",
                "waba_status",
                "chatbot_session",
                "dialer",
                "unknown",
            ]);
        Words("AttentionReason")
            .ShouldBe(["conflicting_outcome", "unfinished_tasks", "unrecognised_status", "several_sources"]);

        IEnumerable<string?> Words(string schema) =>
            schemas.GetProperty(schema).Items("enum").Select(static word => word.GetString());
    }

    private static void ShouldFit(JsonElement document, JsonElement schema, JsonElement answer, string where)
    {
        if (answer.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
        {
            Names(schema).ShouldBe(answer.EnumerateObject().Select(static property => property.Name), where);
            foreach (var property in answer.EnumerateObject())
                ShouldFit(
                    document,
                    Follow(document, properties.GetProperty(property.Name)),
                    property.Value,
                    $"{where}.{property.Name}"
                );
        }
        else if (answer.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in answer.EnumerateArray())
                ShouldFit(document, Follow(document, schema.GetProperty("items")), item, $"{where}[]");
        }
        else if (answer.ValueKind is JsonValueKind.Number or JsonValueKind.String)
        {
            var type = schema.TryGetProperty("type", out var given) ? given.GetRawText() : "\"string\"";
            type.Contains(answer.ValueKind == JsonValueKind.Number ? "integer" : "string")
                .ShouldBeTrue($"{where} is {answer} and described as {type}");
            type.Contains(answer.ValueKind == JsonValueKind.Number ? "string" : "integer")
                .ShouldBeFalse($"{where} is {answer} and described as {type}");
        }
    }

    private static JsonElement Follow(JsonElement document, JsonElement schema)
    {
        if (schema.TryGetProperty("oneOf", out var choices))
            schema = choices
                .EnumerateArray()
                .Single(static choice =>
                    !choice.TryGetProperty("type", out var type) || type.GetRawText() != "\"null\""
                );

        return schema.TryGetProperty("$ref", out var reference)
            ? document
                .GetProperty("components")
                .GetProperty("schemas")
                .GetProperty(reference.GetString()!.Split('/')[^1])
            : schema;
    }

    private static IEnumerable<string?> Parameters(JsonElement operation, string place) =>
        operation.TryGetProperty("parameters", out var parameters)
            ?
            [
                .. parameters
                    .EnumerateArray()
                    .Where(parameter => parameter.Word("in") == place)
                    .Select(static parameter => parameter.Word("name")),
            ]
            : [];

    private static IEnumerable<string> Names(JsonElement schema) =>
        schema.GetProperty("properties").EnumerateObject().Select(static property => property.Name);

    private static IEnumerable<string?> Required(JsonElement schema) =>
        schema.Items("required").Select(static name => name.GetString());

    private async Task<JsonNode?> ReadText() =>
        JsonNode.Parse((await api.Client.GetAsync("/openapi/v1.json")).Expect(200).Body);

    private async Task<JsonElement> Read()
    {
        var reply = (await api.Client.GetAsync("/openapi/v1.json")).Expect(200);
        reply.ContentType?.MediaType.ShouldBe("application/json");
        return reply.Json;
    }
}
