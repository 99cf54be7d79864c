using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Pulse.SystemTests.Security;

/// <summary>Every string that the suite has used and that nobody may find in a log or in the telemetry.</summary>
internal static class UsedSecrets
{
    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);

    public static IEnumerable<(string Kind, string Value)> All => Known.Select(secret => (secret.Value, secret.Key));

    /// <summary>One that is like no other.</summary>
    public static string New(string kind)
    {
        var secret = $"Sec-{Convert.ToHexString(RandomNumberGenerator.GetBytes(12))}";
        Add(kind, secret);
        return secret;
    }

    public static void Add(string kind, string value)
    {
        Known[value] = kind;
        // The signature alone would do to forge the rest.
        if (value.Split('.') is [_, _, { Length: > 40 } signature]) Known[signature] = $"signature of the {kind}";
    }
}
