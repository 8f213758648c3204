using System.Text.Json;
using Orleans.Workflow.Domain.Tests.Rules;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Domain.Tests.Notifications;

/// <summary>Which notification a body is, where the address does not say it.</summary>
public sealed class KindRecognitionTests
{
    public static TheoryData<string> Documented =>
        [
            .. NotificationKinds
                .All.Where(static kind => kind.Documentation != Documentation.TitleOnly)
                .Select(static kind => kind.Path),
        ];

    [Theory]
    [MemberData(nameof(Documented))]
    public void A_notification_is_recognised_by_the_fields_that_it_must_have(string path)
    {
        var kind = NotificationKinds.OfPath(path).ShouldNotBeNull();

        FactReader.Tell(NotificationExamples.Of(kind)).ShouldBe((kind, null));
        FactReader
            .Tell(NotificationExamples.With(kind, body =>
                {
                    foreach (var name in body.Select(static field => field.Key).ToList())
                    {
                        if (kind.Required.All(field => field.Name != name || field.Type == FieldType.Label))
                            body.Remove(name);
                    }
                }))
            .ShouldBe((kind, null));
    }

    [Fact]
    public void What_is_documented_by_title_only_is_not_recognised() =>
        FactReader
            .Tell(NotificationExamples.Of(NotificationKinds.Of(Grains.Interfaces.FactKind.WabaStatus)))
            .Kind.ShouldBeNull();

    [Theory]
    [InlineData("""{"workflow_id":"w","nodetask_id":"n"}""", "call_completion needs case_id (a string)")]
    [InlineData("""{"type":"TaskStatus","body":[]}""", "dialer needs body (an object)")]
    [InlineData("""{"workflow_id":"w","status":"s","actions":{}}""", "status_change needs actions (an array)")]
    [InlineData("""{"workflow_id":"w","node_id":"n","callee":"1"}""", "custom_node needs callee (an object)")]
    public void What_fits_nothing_is_refused_with_what_it_nearly_is(string body, string detail)
    {
        var (kind, error) = FactReader.Tell(NotificationExamples.Bytes(body));

        kind.ShouldBeNull();
        error.ShouldNotBeNull().Path.ShouldBe("$");
        error.Detail.ShouldContain(detail);
    }

    [Fact]
    public void What_fits_several_is_refused_with_their_names()
    {
        var (kind, error) = FactReader.Tell(
            NotificationExamples.Bytes(
                """{"workflow_id":"w","status":"s","actions":[],"case_id":"c","callee_number":"1","rows":[]}"""
            )
        );

        kind.ShouldBeNull();
        error.ShouldNotBeNull().Detail.ShouldContain("status_change, list_completion");
    }

    [Theory]
    [InlineData("[]", "$")]
    [InlineData("", "$")]
    [InlineData("""{"workflow_id":"w","actions":[}""", "$.actions")]
    [InlineData("""{"workflow_id":"w","workflow_id":"w"}""", "$.workflow_id")]
    [InlineData("""{"workflow_id":"w"} x""", "$")]
    public void What_is_no_JSON_object_is_refused_with_its_path(string body, string path) =>
        FactReader.Tell(NotificationExamples.Bytes(body)).Error.ShouldNotBeNull().Path.ShouldBe(path);

    [Fact]
    public void Paths_and_names_are_unique_and_found_in_any_case_of_letters()
    {
        NotificationKinds.All.Select(static kind => kind.Path).ShouldBeUnique();
        NotificationKinds.All.Select(static kind => kind.Name).ShouldBeUnique();
        NotificationKinds.OfPath("List-Completion").ShouldNotBeNull().Name.ShouldBe("list_completion");
        NotificationKinds.OfPath("").ShouldBeNull();
        foreach (var fact in Enum.GetValues<Grains.Interfaces.FactKind>())
            NotificationKinds.Of(fact).Fact.ShouldBe(fact);
    }

    [Fact]
    public void The_readme_shows_the_kinds()
    {
        var table = ReadmeTable.Read("notifications");

        table.ShouldAllBe(row => row.Length == 5 && row[4].Length > 0);
        table
            .Skip(2)
            .Select(static row => string.Join(' ', row.Take(4)))
            .ShouldBe(
                NotificationKinds.All.Select(static kind =>
                    $"{kind.Title} {kind.Name} {kind.Path} "
                    + JsonNamingPolicy.SnakeCaseLower.ConvertName($"{kind.Documentation}")
                )
            );
    }
}
