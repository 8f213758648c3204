using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Workflow.Storage.ReadModel;
using Orleans.Workflow.Storage.Tests.Hosting;

namespace Orleans.Workflow.Storage.Tests.Compliance;

public abstract partial class StorageCompliance
{
    private IRejectedRequests Rejected => Silo.Services.GetRequiredService<IRejectedRequests>();

    [Fact]
    public async Task A_refused_request_is_kept_as_it_was_with_its_whole_body()
    {
        var body = new byte[(4 * 1024 * 1024) + 1];
        Random.Shared.NextBytes(body);
        var whole = Refused("whole") with { Body = body, BodyLength = body.Length };
        var bare = new RejectedRequest(Guid.CreateVersion7(), whole.ReceivedAt, null, 401, null, "No credential.", null, null);
        foreach (var request in (RejectedRequest[])[whole, bare])
            await Rejected.Add(request);

        var latest = await Rejected.Latest(2, CancellationToken.None);

        // A list has the length of a body only.
        latest.ShouldBe([bare, whole with { Body = null }]);
        (await Rejected.Find(whole.Id, CancellationToken.None)).ShouldNotBeNull().Body!.Value.ToArray().ShouldBe(body);
        (await Rejected.Find(bare.Id, CancellationToken.None)).ShouldBe(bare);
    }

    [Fact]
    public async Task Bodies_of_refused_requests_have_a_limit_together_and_the_oldest_go_first()
    {
        const int Mebibyte = 1 << 20;
        await using var silo = await fixture.StartAsync(change: static settings => settings with { MaxRejectedBytes = 3 * Mebibyte });
        var rejected = silo.Services.GetRequiredService<IRejectedRequests>();
        var requests = Enumerable.Range(0, 5).Select(static number => Refused($"{number}") with { Body = new byte[Mebibyte], BodyLength = Mebibyte }).ToList();

        foreach (var request in requests)
            await rejected.Add(request);

        var latest = await rejected.Latest(10, CancellationToken.None);
        latest.Select(static request => request.Detail).ShouldBe(["4", "3", "2", "1", "0"]);
        latest.Select(static request => request.BodyLength).ShouldBe([Mebibyte, Mebibyte, Mebibyte, null, null]);
    }

    [Fact]
    public async Task Strangers_push_nothing_out_that_a_source_sent()
    {
        await using var silo = await fixture.StartAsync(change: static settings => settings with { MostRejected = 100 });
        var rejected = silo.Services.GetRequiredService<IRejectedRequests>();
        await rejected.Add(Refused("of a source"));

        for (var i = 0; i < 399; i++)
            await rejected.Add(Refused("of a stranger") with { Source = null, Body = null });

        (await silo.Number("SELECT count(*) FROM rejected WHERE source IS NOT NULL")).ShouldBe(1);
        (await silo.Number("SELECT count(*) FROM rejected WHERE source IS NULL")).ShouldBe(10);
    }

    [Theory]
    [InlineData('\0')]
    [InlineData('\uD83D')]
    [InlineData('\uDC4D')]
    public async Task A_refused_request_is_kept_even_if_what_it_says_is_no_text(char odd)
    {
        var (said, kept) = ($"a{odd}b", "a\uFFFDb");
        var request = Refused(said) with { ErrorPath = "$." + said, Source = said, ContentType = said };

        await Rejected.Add(request);

        var latest = (await Rejected.Latest(1, CancellationToken.None)).ShouldHaveSingleItem();
        latest.Id.ShouldBe(request.Id);
        (latest.Detail, latest.ErrorPath, latest.Source, latest.ContentType).ShouldBe((kept, "$." + kept, kept, kept));
    }

    [Fact]
    public async Task Of_refused_requests_the_latest_ten_thousand_are_kept()
    {
        await using var silo = await fixture.StartAsync();
        var rejected = silo.Services.GetRequiredService<IRejectedRequests>();
        await rejected.Add(Refused("first"));
        await rejected.Add(Refused("second"));
        await Fill(silo, 10_196);
        await rejected.Add(Refused("last but one"));
        (await silo.Number("SELECT count(*) FROM rejected")).ShouldBe(10_199);

        await rejected.Add(Refused("last"));

        (await silo.Number("SELECT count(*) FROM rejected")).ShouldBe(10_000);
        (await silo.Number("SELECT min(position) FROM rejected")).ShouldBe(201);
        (await rejected.Latest(2, CancellationToken.None)).Select(static request => request.Detail).ShouldBe(["last", "last but one"]);
    }

    private static RejectedRequest Refused(string detail) => new(
        Guid.CreateVersion7(), DateTimeOffset.FromUnixTimeMilliseconds(Sample.Time), "airudder", 400, "$.status", detail, "application/json", "{}"u8.ToArray());

    private static async Task Fill(SiloUnderTest silo, int count)
    {
        var dialect = silo.Services.GetRequiredService<ReadDialect>();
        await using var connection = await silo.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO rejected (id, received_at, source, status_code, detail) VALUES (@id, 0, 'airudder', 400, 'filler')";
        command.Set("id", null);
        DbParameter id = command.Parameters[0];
        for (var i = 0; i < count; i++)
        {
            id.Value = dialect.WriteId(Guid.CreateVersion7());
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }
}
