using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Orleans.Workflow.Vendor;

/// <summary>
/// The token that all calls share. One request at a time asks for a new one, however many calls wait for it.
/// Thread-safe.
/// </summary>
internal sealed class VendorTokens(
    VendorConnection connection,
    VendorOptions options,
    TimeProvider time,
    ILogger<VendorTokens> logger
)
{
    private const int MaxLength = 8192;

    /// <summary>What part of its life a token is used before another one is asked for.</summary>
    private const double RenewAfter = 0.9;

    /// <summary>
    /// How long no token is asked for after one was refused, or while the old one is still good: an application may be
    /// locked that asks too often with a wrong secret.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private Token? _current;
    private Task<Token>? _renewal;
    private VendorException? _refusal;
    private DateTimeOffset _pauseEnd = DateTimeOffset.MinValue;

    /// <summary>A token that is good as far as is known.</summary>
    /// <exception cref="VendorException">There is none.</exception>
    public async ValueTask<string> Get(CancellationToken cancellationToken)
    {
        Task<Token> renewal;
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var mayAsk = now >= _pauseEnd;
            if (_current is { } current && now < current.End)
            {
                // Renewed behind the calls, which have a good one meanwhile.
                if (now >= current.RenewAt && mayAsk)
                    _renewal ??= Task.Run(Renew, CancellationToken.None);

                return current.Value;
            }

            if (_renewal is null && !mayAsk && _refusal is { } refusal)
                throw new VendorException(refusal.Message, refusal)
                {
                    Failure = refusal.Failure,
                    Path = refusal.Path,
                    HttpStatus = refusal.HttpStatus,
                    Code = refusal.Code,
                };

            renewal = _renewal ??= Task.Run(Renew, CancellationToken.None);
        }

        return (await renewal.WaitAsync(cancellationToken)).Value;
    }

    /// <summary>Notes that the vendor refused a token; the next call gets another one.</summary>
    /// <param name="token">The token.</param>
    /// <param name="lasting">
    /// The refusal, if the token was made for the call that had one refused before: another one would be refused too,
    /// as with a wrong authorization scheme, so none is asked for during the pause. Null otherwise.
    /// </param>
    public void Refuse(string token, VendorException? lasting = null)
    {
        lock (_lock)
        {
            if (_current?.Value != token)
                return;

            _current = null;
            if (lasting is not null)
                (_refusal, _pauseEnd) = (lasting, time.GetUtcNow() + Pause);
        }
    }

    private async Task<Token> Renew()
    {
        try
        {
            var asked = time.GetUtcNow();
            var body = JsonSerializer.SerializeToUtf8Bytes(
                new TokenRequest { AppKey = options.AppKey, AppSecret = options.AppSecret },
                VendorJson.Relaxed.TokenRequest
            );
            var answer = await connection.Send(VendorCall.Authenticate, body, token: null, CancellationToken.None);
            var value = answer.DataText("token");
            if (!IsToken(value))
                throw VendorException.Of(VendorFailure.Unreadable, VendorCall.Authenticate.Path, 200, answer);

            var token = new Token(value!, asked + (options.TokenLifetime * RenewAfter), asked + options.TokenLifetime);
            lock (_lock)
            {
                (_current, _refusal) = (token, null);
            }

            Log.TokenRenewed(logger, token.End);
            return token;
        }
        catch (VendorException exception)
        {
            lock (_lock)
            {
                _refusal = exception.Failure == VendorFailure.Unavailable ? null : exception;
                _pauseEnd = time.GetUtcNow() + Pause;
            }

            Log.TokenNotRenewed(logger, exception.Failure, exception.HttpStatus, exception.Code);
            throw;
        }
        finally
        {
            lock (_lock)
                _renewal = null;
        }
    }

    /// <summary>Whether a text can be sent as a token; another one could end the header.</summary>
    private static bool IsToken(string? text) =>
        text is { Length: > 0 and <= MaxLength } && text.All(static c => c is > ' ' and <= '~');

    // A class: the text of a record has the token.
    private sealed class Token(string value, DateTimeOffset renewAt, DateTimeOffset end)
    {
        public string Value => value;

        public DateTimeOffset RenewAt => renewAt;

        public DateTimeOffset End => end;
    }
}
