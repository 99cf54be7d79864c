using System.Text.RegularExpressions;

namespace Pulse.SystemTests.Contract;

/// <summary>A call, and what the contract says of its answer.</summary>
/// <param name="Line">
/// Method and path, with what stands in for its parameters: <c>PUT /v1/users/{id=bob}/follow</c>. What comes after the equals sign is somebody of the
/// <see cref="Cast"/>, or stands for itself.
/// </param>
/// <param name="Status">The status.</param>
/// <param name="Says">
/// Of a success the members of its JSON, of a 400 the fields that it names, of another error its type; separated by blanks. Empty: no body, or no type of its own.
/// </param>
/// <param name="Who">Who calls; null without a token.</param>
/// <param name="Body">JSON with values of the cast between braces; null for none.</param>
/// <param name="Key">The value of <c>Idempotency-Key</c>; null for none.</param>
internal sealed partial record Call(string Line, int Status, string Says = "", string? Who = null, string? Body = null, string? Key = null)
{
    public string Method => Line.Split(' ')[0];

    /// <summary>The path as the OpenAPI document names it.</summary>
    public string Template => Parameter().Replace(Line.Split(' ')[1].Split('?')[0], "{$1}");

    /// <summary>The path and query to fill in.</summary>
    public string Target => Parameter().Replace(Line.Split(' ')[1], match => Cast.Has(match.Groups[2].Value) ? $"{{{match.Groups[2].Value}}}" : match.Groups[2].Value);

    [GeneratedRegex(@"\{(\w+)=([\w.]+)\}")]
    private static partial Regex Parameter();
}
