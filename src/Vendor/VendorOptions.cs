namespace Orleans.Workflow.Vendor;

/// <summary>How the vendor's API is reached.</summary>
public sealed class VendorOptions
{
    /// <summary>Where it is, without a path.</summary>
    public Uri BaseAddress { get; init; } = new("https://api.airudder.com");

    /// <summary>The key of the application, as the vendor gives it.</summary>
    public required string AppKey { get; init; }

    /// <summary>The secret of the application, as the vendor gives it.</summary>
    public required string AppSecret { get; init; }

    /// <summary>
    /// The scheme of the header <c>Authorization</c>. The vendor documents <c>Token</c>; an integrator sends
    /// <c>Bearer</c>.
    /// </summary>
    public string AuthorizationScheme { get; init; } = "Token";

    /// <summary>How long a token is good. The vendor documents 24 hours; an integrator keeps it for one.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long one attempt of a call may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a call that may be repeated is made again.</summary>
    public int Retries { get; init; } = 2;
}
