using System.Text.Json;
using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Vendor;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>Whether the vendor is asked if it pushed the data of a Custom API node.</summary>
internal enum PushVerificationPolicy
{
    /// <summary>It is not asked.</summary>
    Off,

    /// <summary>It is asked, and what it says is the value of the fact.</summary>
    Record,

    /// <summary>It is asked, and what it does not confirm is refused.</summary>
    Require,
}

/// <summary>What is known of a push. The words are the values of facts.</summary>
internal enum PushVerification
{
    /// <summary>The vendor confirms it.</summary>
    Genuine,

    /// <summary>The vendor does not confirm it.</summary>
    NotVerified,

    /// <summary>The vendor could not be asked.</summary>
    Unreachable,
}

/// <summary>Asks the vendor whether it pushed the data of a Custom API node.</summary>
/// <param name="metrics">Counts what it says.</param>
/// <param name="logger">Logs what is not confirmed.</param>
/// <param name="vendor">The vendor's API; null if no source needs it.</param>
internal sealed class PushVerifier(WebhookMetrics metrics, ILogger<PushVerifier> logger, VendorClient? vendor = null)
    : IDisposable
{
    /// <summary>
    /// How many pushes wait for the vendor at the same time. More are not asked about: they would take the places of
    /// other notifications (Http:MaxInFlight) while the vendor is slow.
    /// </summary>
    private const int MaxAsked = 64;

    private readonly SemaphoreSlim _places = new(MaxAsked);

    /// <summary>Reads the policy of a source.</summary>
    /// <param name="reader">The settings.</param>
    /// <param name="source">The section of the source.</param>
    /// <param name="hasVendor">Whether the vendor's API can be reached.</param>
    public static PushVerificationPolicy ReadPolicy(SettingsReader reader, string source, bool hasVendor)
    {
        var key = $"{source}:VerifyPushes";
        var policy = reader.Word(
            key,
            PushVerificationPolicy.Off,
            "Whether the vendor is asked if it pushed the data of a Custom API node. `Record` keeps what it says as "
                + "the value of the fact; `Require` refuses with 403 what it does not confirm, and answers 503 while "
                + "it cannot be asked. See [vendor.md](operations/vendor.md)."
        );
        if (policy != PushVerificationPolicy.Off && !hasVendor)
            reader.Error($"{key} is {policy}, and the vendor cannot be asked; {VendorSettings.Remedy}.");

        return policy;
    }

    /// <summary>
    /// The notification with what the vendor says of it, if its source wants that; a problem if it is to be refused.
    /// </summary>
    public async ValueTask<(IncomingNotification Notification, Problem? Problem)> Verify(
        Source source,
        IncomingNotification notification
    )
    {
        if (
            source.PushPolicy == PushVerificationPolicy.Off
            || notification.Fact is not { Kind: FactKind.CustomNode } fact
        )
            return (notification, null);

        var verification = await Ask(fact);
        metrics.Verified(verification);
        if (verification != PushVerification.Genuine)
            Log.PushNotVerified(logger, source.Name, verification, source.PushPolicy);

        return source.PushPolicy == PushVerificationPolicy.Require && verification != PushVerification.Genuine
            ? (
                notification,
                verification == PushVerification.NotVerified ? Problem.NotVerified() : Problem.NotVerifiable()
            )
            : (notification with { Fact = fact with { Value = WordOf(verification) } }, null);
    }

    /// <summary>The word of what the vendor says.</summary>
    public static string WordOf(PushVerification verification) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(verification.ToString());

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private async Task<PushVerification> Ask(Fact fact)
    {
        if (!await _places.WaitAsync(TimeSpan.Zero))
            return PushVerification.Unreachable;

        try
        {
            var request = new VerifyPushRequest
            {
                WorkflowId = fact.WorkflowId,
                NodeId = fact.NodetaskId,
                Callee = fact.Callee ?? string.Empty,
                CaseId = fact.CaseId,
            };

            // The push is worked on to its end, whether or not its sender stays.
            return await vendor!.VerifyPush(request, CancellationToken.None)
                ? PushVerification.Genuine
                : PushVerification.NotVerified;
        }
        catch (VendorException)
        {
            // The client has logged why.
            return PushVerification.Unreachable;
        }
        finally
        {
            _places.Release();
        }
    }
}
