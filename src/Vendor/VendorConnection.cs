using System.Net.Http.Headers;
using System.Net.Mime;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Orleans.Workflow.Vendor;

/// <summary>Sends calls and reads their answers.</summary>
internal sealed class VendorConnection
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "Orleans.Workflow.Vendor";

    /// <summary>How many bytes an answer may have.</summary>
    public const int MaxAnswerBytes = 16 * 1024 * 1024;

    /// <summary>After so many attempts, most of which failed, the vendor is left alone for a while.</summary>
    private const int BreakAfter = 10;

    private static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(5);

    private readonly IHttpClientFactory _http;
    private readonly VendorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    // Of Polly itself and not of Microsoft.Extensions.Http.Resilience: whether an attempt failed is said by the code in
    // the body as often as by the HTTP status, and which calls may be repeated is known of each (ADR 0046).
    private readonly ResiliencePipeline _again;

    public VendorConnection(
        IHttpClientFactory http,
        VendorOptions options,
        TimeProvider time,
        ILogger<VendorConnection> logger
    )
    {
        (_http, _options, _time, _logger) = (http, options, time, logger);
        var isUnavailable = new PredicateBuilder().Handle<VendorException>(static exception =>
            exception.Failure == VendorFailure.Unavailable
        );
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (options.Retries > 0)
            builder.AddRetry(
                new RetryStrategyOptions
                {
                    ShouldHandle = isUnavailable,
                    MaxRetryAttempts = options.Retries,
                    BackoffType = DelayBackoffType.Exponential,
                    Delay = TimeSpan.FromMilliseconds(200),
                    MaxDelay = TimeSpan.FromSeconds(2),
                    UseJitter = true,
                }
            );

        // While the vendor is down, its callers do not wait for what is known, and nothing is logged for each of them.
        builder.AddCircuitBreaker(
            new CircuitBreakerStrategyOptions
            {
                ShouldHandle = isUnavailable,
                FailureRatio = 0.8,
                MinimumThroughput = BreakAfter,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = BreakDuration,
                OnOpened = _ =>
                {
                    Log.LeftAlone(logger, BreakDuration.TotalSeconds);
                    return default;
                },
            }
        );
        _again = builder.Build();
    }

    /// <summary>Makes a call, again if it failed for a while and may be repeated.</summary>
    /// <param name="call">The call.</param>
    /// <param name="body">Its JSON.</param>
    /// <param name="token">The token; null to send none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="VendorException">It failed.</exception>
    public async ValueTask<VendorResponse> Send(
        VendorCall call,
        byte[] body,
        string? token,
        CancellationToken cancellationToken
    )
    {
        if (!call.IsRepeatable)
            return await Attempt(call, body, token, cancellationToken);

        try
        {
            return await _again.ExecuteAsync(inner => Attempt(call, body, token, inner), cancellationToken);
        }
        catch (BrokenCircuitException exception)
        {
            throw VendorException.NoAnswer(call.Path, exception);
        }
    }

    private async ValueTask<VendorResponse> Attempt(
        VendorCall call,
        byte[] body,
        string? token,
        CancellationToken cancellationToken
    )
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var client = _http.CreateClient(HttpClientName);
            using var request = Request(call, body, token);
            using var response = await client.SendAsync(request, either.Token);
            var status = (int)response.StatusCode;
            var answer = VendorResponse.Read(await response.Content.ReadAsByteArrayAsync(either.Token));
            if (call.FailureOf(status, answer) is not { } failure)
                return answer!;

            Log.CallAnswered(_logger, call.Path, failure, status, answer?.Code);
            throw VendorException.Of(failure, call.Path, status, answer);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.CallFailed(_logger, call.Path, VendorFailure.Unavailable, exception);
            throw VendorException.NotInTime(call.Path, _options.Timeout);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            var failed = exception
                is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }
                ? VendorException.TooLong(call.Path, exception)
                : VendorException.NoAnswer(call.Path, exception);
            Log.CallFailed(_logger, call.Path, failed.Failure, exception);
            throw failed;
        }
    }

    private HttpRequestMessage Request(VendorCall call, byte[] body, string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_options.BaseAddress, call.Path))
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue(_options.AuthorizationScheme, token);

        return request;
    }
}
