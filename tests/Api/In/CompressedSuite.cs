using System.IO.Compression;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;

namespace Orleans.Workflow.Api.Tests.In;

/// <summary>Bodies that are sent compressed.</summary>
public abstract class CompressedSuite(ApiFixture api)
{
    private const int Limit = 4 * 1024 * 1024;

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("GZIP")]
    [InlineData(" gzip ")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task A_compressed_body_is_decoded_and_stored_decoded(string coding)
    {
        var id = Report.NewId();
        var body = RawBody.Of(id);

        var reply = (await api.Client.PostEncodedAsync(Encode(RawBody.Bytes(body), coding), coding)).Expect(200);

        (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200);
        (await api.Client.GetAsync($"/receipts/{reply.Header("X-Receipt-Id")}"))
            .Expect(200)
            .Json.GetProperty("body")
            .GetRawText()
            .ShouldBe(body);
    }

    [Fact]
    public async Task A_body_in_several_members_of_gzip_is_one_body()
    {
        var id = Report.NewId();
        var body = RawBody.Bytes(RawBody.Of(id));

        byte[] members = [.. Encode(body[..10], "gzip"), .. Encode([], "gzip"), .. Encode(body[10..], "gzip")];

        (await api.Client.PostEncodedAsync(members, "gzip")).Expect(200);
        (await api.Client.GetAsync(ApiClient.Of(id))).Expect(200);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task The_limit_is_on_the_decoded_size(string coding)
    {
        var id = Report.NewId();
        var right = Sized(id, Limit);
        var large = Sized(id, Limit + 1);

        (await api.Client.PostEncodedAsync(Encode(right, coding), coding)).Expect(200);
        (await api.Client.PostEncodedAsync(Encode(large, coding), coding))
            .ExpectProblem(413)
            .Word("detail")!
            .ShouldContain($"{Limit}");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_bomb_is_decoded_no_further_than_the_limit(string coding)
    {
        // Two gigabytes in two megabytes, or much less: decoded whole, each of them would take seconds and all the
        // memory.
        var bomb = Bomb(coding);
        bomb.Length.ShouldBeLessThan(Limit);
        var (before, memory) = (await ProcessorTime(), await Memory());

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => api.Client.PostEncodedAsync(bomb, coding)));

        foreach (var reply in replies)
            reply.ExpectProblem(413);

        (await ProcessorTime() - before).ShouldBeLessThan(8, "seconds of processor time for eight of them");
        (await Memory() - memory).ShouldBeLessThan(500L << 20);
    }

    [Theory]
    [InlineData("compress")]
    [InlineData("zstd")]
    [InlineData("gzip, gzip")]
    [InlineData("gzip, identity")]
    [InlineData("aes128gcm")]
    [InlineData("*")]
    public async Task Another_coding_is_refused_with_those_that_are_taken_and_kept_as_it_came(string coding)
    {
        byte[] body = [.. "no JSON at all: "u8, 0, 0xFF];

        var reply = await api.Client.PostEncodedAsync(body, coding);

        var problem = reply.ExpectProblem(415);
        problem.Word("detail")!.ShouldContain("gzip, deflate, br");
        reply.Header("Accept-Encoding").ShouldBe("gzip, deflate, br");
        var row = (
            await api.Database.FindRejectedAsync(problem.GetProperty("rejection_id").GetGuid())
        ).ShouldNotBeNull();
        (row.StatusCode, row.Source).ShouldBe((415, "airudder"));
        row.Body.ShouldBe(body);
    }

    [Theory]
    [InlineData("gzip", "not at all")]
    [InlineData("deflate", "not at all")]
    [InlineData("br", "not at all")]
    [InlineData("gzip", "cut")]
    [InlineData("deflate", "cut")]
    [InlineData("br", "cut")]
    [InlineData("gzip", "damaged")]
    [InlineData("deflate", "damaged")]
    public async Task A_body_that_is_not_what_its_header_says_is_refused_and_kept_as_it_came(string coding, string how)
    {
        var whole = Encode(RawBody.Bytes(RawBody.Of(Report.NewId())), coding);
        var body = how switch
        {
            "not at all" => RawBody.Bytes(RawBody.Of(Report.NewId())),
            "cut" => whole[..(whole.Length / 2)],
            _ =>
            [
                .. whole[..(whole.Length / 2)],
                .. Enumerable.Repeat((byte)0xA5, 8),
                .. whole[((whole.Length / 2) + 8)..],
            ],
        };

        var problem = (await api.Client.PostEncodedAsync(body, coding)).ExpectProblem(400);

        problem.Word("detail")!.ShouldContain("Content-Encoding");
        (await api.Database.FindRejectedAsync(problem.GetProperty("rejection_id").GetGuid()))
            .ShouldNotBeNull()
            .Body.ShouldBe(body);
    }

    [Fact]
    public async Task A_compressed_body_of_another_type_is_kept_decoded()
    {
        var body = RawBody.Bytes(RawBody.Of(Report.NewId()));

        var problem = (
            await api.Client.PostEncodedAsync(Encode(body, "gzip"), "gzip", contentType: "text/plain")
        ).ExpectProblem(415);

        (await api.Database.FindRejectedAsync(problem.GetProperty("rejection_id").GetGuid()))
            .ShouldNotBeNull()
            .Body.ShouldBe(body);
    }

    private static byte[] Sized(string id, int bytes)
    {
        var empty = RawBody.Of(id, "\"x\":\"\"");
        return RawBody.Bytes(RawBody.Of(id, $"\"x\":\"{new string('x', bytes - empty.Length)}\""));
    }

    private static byte[] Encode(byte[] body, string coding)
    {
        if (coding == "identity")
            return body;

        using var encoded = new MemoryStream();
        using (var encoder = Encoder(coding, encoded))
            encoder.Write(body);

        return encoded.ToArray();
    }

    private static byte[] Bomb(string coding)
    {
        using var encoded = new MemoryStream();
        using (var encoder = Encoder(coding, encoded))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 2048; i++)
                encoder.Write(zeros);
        }

        return encoded.ToArray();
    }

    private static Stream Encoder(string coding, Stream to) =>
        coding.Trim().ToLowerInvariant() switch
        {
            "deflate" => new ZLibStream(to, CompressionLevel.Optimal, leaveOpen: true),
            "br" => new BrotliStream(to, CompressionLevel.Fastest, leaveOpen: true),
            _ => new GZipStream(to, CompressionLevel.Optimal, leaveOpen: true),
        };

    private Task<double> ProcessorTime() =>
        Metric("process_cpu_time_seconds_total", "dotnet_process_cpu_time_seconds_total");

    private async Task<long> Memory() =>
        (long)await Metric("dotnet_process_memory_working_set_bytes", "process_memory_working_set_bytes");

    private async Task<double> Metric(params string[] names)
    {
        var metrics = Testing.Telemetry.PrometheusText.Parse((await api.Client.GetAsync("/metrics")).Expect(200).Text);
        var name = names.First(name => metrics.Of(name).Any());
        return metrics.Sum(name);
    }
}

[Collection(OnSqlite.Name)]
public sealed class CompressedOnSqliteTests(SqliteApi api) : CompressedSuite(api);

[Collection(OnPostgres.Name)]
public sealed class CompressedOnPostgresTests(PostgresApi api) : CompressedSuite(api);
