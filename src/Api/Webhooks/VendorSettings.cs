using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Vendor;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>Reads the section <c>Vendor</c>: how the vendor's API is reached.</summary>
internal static class VendorSettings
{
    private const string Key = "Vendor:AppKey";
    private const string Secret = "Vendor:AppSecret";
    private const string Address = "Vendor:BaseAddress";
    private const string Scheme = "Vendor:AuthorizationScheme";

    /// <summary>What is to be done where the vendor must be asked and cannot be.</summary>
    public const string Remedy = $"set {Key} and {Secret} to the application's, which the vendor gives";

    /// <summary>Reads the settings; null if the vendor's API is not used.</summary>
    public static VendorOptions? Read(SettingsReader reader)
    {
        var key = reader.Text(
            Key,
            "The key of your application at the vendor. With it and the secret the vendor is asked whether a push is "
                + "genuine. See [vendor.md](operations/vendor.md).",
            "as the vendor gives it"
        );
        var secret = reader.Text(Secret, "The secret of your application at the vendor.", "as the vendor gives it");
        if (key is null != secret is null)
            reader.Error($"{(key is null ? Key : Secret)} is not set; {Remedy}, or remove both.");

        var options = new VendorOptions
        {
            AppKey = key ?? string.Empty,
            AppSecret = secret ?? string.Empty,
            BaseAddress = ReadAddress(reader),
            AuthorizationScheme = ReadScheme(reader),
            TokenLifetime = reader.Seconds(
                "Vendor:TokenLifetimeSeconds",
                24 * 60 * 60,
                60,
                30 * 24 * 60 * 60,
                "How long a token is good. It is renewed after nine tenths of it. The vendor documents 24 hours; an "
                    + "integrator keeps a token for one."
            ),
            Timeout = reader.Seconds(
                "Vendor:TimeoutSeconds",
                5,
                1,
                120,
                "How long one attempt to ask the vendor may take. The notification that it is about waits meanwhile."
            ),
            Retries = reader.Number(
                "Vendor:Retries",
                2,
                0,
                10,
                "attempts",
                "How often the vendor is asked again while it is not available."
            ),
        };
        return key is null || secret is null ? null : options;
    }

    private static Uri ReadAddress(SettingsReader reader)
    {
        const string Default = "https://api.airudder.com";
        var text = reader.Text(
            Address,
            "Where the vendor's API is.",
            "a URL with `https`, or with `http` on this machine, without a path",
            Default
        );
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            && address is { PathAndQuery: "/", UserInfo: "" }
        )
            return address;

        reader.Error($"{Address} is '{text}'; it must be a URL with https and without a path, such as {Default}.");
        return new Uri(Default);
    }

    private static string ReadScheme(SettingsReader reader)
    {
        const string Default = "Token";
        var text = reader.Text(
            Scheme,
            "The scheme of the header `Authorization` in which the token is sent. The vendor documents `Token`; an "
                + "integrator sends `Bearer`.",
            "letters, digits and `-`",
            Default
        );
        if (text.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            return text;

        reader.Error($"{Scheme} is '{text}'; it must have letters, digits and '-' only, such as {Default}.");
        return Default;
    }
}
