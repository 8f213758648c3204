using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orleans.Workflow.Testing.Processes;

namespace Orleans.Workflow.Testing.Vendors;

/// <summary>A request that the vendor's server received.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Authorization">The header <c>Authorization</c>.</param>
/// <param name="ContentType">The header <c>Content-Type</c>.</param>
/// <param name="Text">Its body.</param>
public sealed record VendorRequest(string Path, string Authorization, string? ContentType, string Text)
{
    /// <summary>The body as JSON.</summary>
    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();
}

/// <summary>
/// Plays the vendor's API on the loopback address, as far as it is documented, and misbehaves when asked to.
/// </summary>
public sealed class VendorServer : IAsyncDisposable
{
    public const string AppKey = "the-key-of-the-application";
    public const string AppSecret = "the-secret-of-the-application-0123456789";

    /// <summary>What every token begins with, so that it can be looked for.</summary>
    public const string TokenMark = "token-of-the-vendor-";

    private const string Cloud = "/service/cloud/";

    public const string Auth = Cloud + "auth";
    public const string Verify = Cloud + "workflow/apinoticeinfo";
    public const string Create = Cloud + "workflow/createinstance";
    public const string Upload = Cloud + "workflow/uploaddetails";
    public const string Find = Cloud + "workflow/detailinstances";
    public const string TaskDetail = Cloud + "workflow/taskdetail";
    public const string Sms = "/service/sms/message/v2/send";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<VendorRequest> _requests = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpContext, Task>>> _misbehaviour = new();
    private readonly ConcurrentDictionary<string, bool> _tokens = new();
    private int _tokensMade;

    private VendorServer(WebApplication app, Uri address)
    {
        (_app, Address) = (app, address);
        app.Run(Answer);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Everything that was received.</summary>
    public IReadOnlyList<VendorRequest> Requests => [.. _requests];

    /// <summary>The scheme that tokens must be sent with.</summary>
    public string Scheme { get; set; } = "Token";

    /// <summary>Whether a refused token is answered with HTTP 200 and code 401, and not with HTTP 401.</summary>
    public bool RefusesByCode { get; set; }

    /// <summary>How long a request for a token takes.</summary>
    public TimeSpan TokenDelay { get; set; }

    /// <summary>Which pushes are genuine.</summary>
    public Func<JsonObject, bool> IsGenuine { get; set; } = static _ => true;

    /// <summary>Starts to listen.</summary>
    public static async Task<VendorServer> StartAsync()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel().UseUrls(address.ToString());
        var server = new VendorServer(builder.Build(), address);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>How often a path was asked.</summary>
    public int Count(string path) => _requests.Count(request => request.Path == path);

    /// <summary>Has the next requests for a path answered otherwise, one each.</summary>
    public void Misbehave(string path, params IEnumerable<Func<HttpContext, Task>> answers)
    {
        var queue = _misbehaviour.GetOrAdd(path, static _ => new ConcurrentQueue<Func<HttpContext, Task>>());
        foreach (var answer in answers)
            queue.Enqueue(answer);
    }

    /// <summary>Refuses all tokens that were given so far.</summary>
    public void ForgetTokens() => _tokens.Clear();

    /// <summary>An answer with a status and a body.</summary>
    public static Func<HttpContext, Task> With(int status, string body = "", string type = "application/json") =>
        context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            return context.Response.WriteAsync(body);
        };

    /// <summary>An answer with HTTP 200 and a code.</summary>
    public static Func<HttpContext, Task> WithCode(int code) =>
        With(200, $$"""{"code":{{code}},"message":"the vendor says {{code}}","status":"ERROR"}""");

    /// <summary>An answer that does not come until the client has gone.</summary>
    public static async Task Silence(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    /// <summary>A connection that is cut.</summary>
    public static Task Cut(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task Answer(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var request = new VendorRequest(
            context.Request.Path.Value!,
            context.Request.Headers.Authorization.ToString(),
            context.Request.ContentType,
            await reader.ReadToEndAsync(context.RequestAborted)
        );
        _requests.Enqueue(request);
        if (_misbehaviour.TryGetValue(request.Path, out var queue) && queue.TryDequeue(out var misbehave))
        {
            await misbehave(context);
            return;
        }

        if (request.Path == Auth)
        {
            await Authenticate(context, request.Json);
            return;
        }

        if (!IsAuthorised(request.Authorization))
        {
            await (RefusesByCode ? WithCode(401) : With(401))(context);
            return;
        }

        await context.Response.WriteAsync(BodyOf(request), context.RequestAborted);
    }

    private bool IsAuthorised(string authorization) =>
        authorization.StartsWith(Scheme + " ", StringComparison.Ordinal)
        && _tokens.ContainsKey(authorization[(Scheme.Length + 1)..]);

    private async Task Authenticate(HttpContext context, JsonObject credentials)
    {
        await Task.Delay(TokenDelay, TimeProvider.System, context.RequestAborted);
        if ((string?)credentials["APPKey"] != AppKey || (string?)credentials["APPSecret"] != AppSecret)
        {
            await WithCode(401)(context);
            return;
        }

        var token = $"{TokenMark}{Interlocked.Increment(ref _tokensMade)}";
        _tokens[token] = true;
        await With(200, $$$"""{"data":{"token":"{{{token}}}"},"status":"OK","code":200}""")(context);
    }

    private string BodyOf(VendorRequest request) =>
        request.Path switch
        {
            Verify => IsGenuine(request.Json)
                ? """{"code":200,"status":"OK"}"""
                : """{"code":404,"message":"no such push","status":"ERROR"}""",
            Create =>
                """{"code":200,"data":{"workflow_id":"created-1","new_field":[1]},"status":"OK","also":{"new":1}}""",
            Upload => $$"""{"code":200,"message":"{{request.Json["details"]!.AsArray().Count}} uploaded"}""",
            Find => """{"code":200,"data":{"list":[{"workflow_id":"found-1"}]}}""",
            TaskDetail => """{"code":200,"data":{"hangup_reason":12}}""",
            Sms => """{"code":0,"message":"ok","data":{"id":"sms-1"}}""",
            _ => JsonSerializer.Serialize(new { code = 404, message = "no such path" }),
        };
}
