using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;

namespace Pulse.SystemTests.Security;

/// <summary>Tokens as an attacker would write them, and, with the real key out of the database, as only Pulse could.</summary>
internal sealed class ForgedTokens : IDisposable
{
    private readonly ECDsa _real;
    private readonly ECDsa _own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _good;

    private ForgedTokens(string good, string keyId, byte[] privateKey, JsonElement published)
    {
        (_good, KeyId, Published) = (good, keyId, published);
        _real = ECDsa.Create();
        _real.ImportPkcs8PrivateKey(privateKey, out _);
    }

    public string KeyId { get; }

    /// <summary>The public key as JSON.</summary>
    public JsonElement Published { get; }

    public static async Task<ForgedTokens> CreateAsync(RunningPulse pulse, string good, CancellationToken ct)
    {
        var keys = JsonElement.Parse(await pulse.Api.GetStringAsync("/.well-known/jwks.json", ct)).GetProperty("keys");
        var keyId = Part(good, 0)["kid"]!.GetValue<string>();
        var published = keys.EnumerateArray().Single(key => key.GetProperty("kid").GetString() == keyId);
        await using var database = NpgsqlDataSource.Create(await pulse.DatabaseAsync("usersdb", ct));
        await using var command = database.CreateCommand("SELECT private_key FROM signing_keys WHERE kid = $1");
        command.Parameters.AddWithValue(keyId);
        return new ForgedTokens(good, keyId, (byte[])(await command.ExecuteScalarAsync(ct))!, published);
    }

    /// <summary>By the name of the trick, the rows of <see cref="TokenTests"/>.</summary>
    public string Forge(string trick)
    {
        var (header, claims) = (Part(_good, 0), Part(_good, 1));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var parts = _good.Split('.');
        switch (trick)
        {
            case "unchanged": return Sign(header, claims, _real);
            case "alg none": return Unsigned(With(header, "alg", "none"), claims) + ".";
            case "alg NoNe": return Unsigned(With(header, "alg", "NoNe"), claims) + ".";
            case "alg none, real signature": return Unsigned(With(header, "alg", "none"), claims) + "." + parts[2];
            case "alg none, no kid": return Unsigned(Without(With(header, "alg", "none"), "kid"), claims) + ".";
            case "no signature": return $"{parts[0]}.{parts[1]}.";
            case "own key, published kid": return Sign(header, claims, _own);
            case "own key, unknown kid": return Sign(With(header, "kid", "unknown-" + Random.Shared.Next()), claims, _own);
            case "own key, no kid": return Sign(Without(header, "kid"), claims, _own);
            case "own key in the header": return Sign(With(header, "jwk", Jwk(_own)), claims, _own);
            case "own key by address": return Sign(With(With(header, "jku", "http://127.0.0.1:1/keys"), "x5u", "http://127.0.0.1:1/cert"), claims, _own);
            case "kid is a path": return Sign(With(header, "kid", "../../../../dev/null"), claims, _own);
            case "kid is SQL": return Sign(With(header, "kid", "x' UNION SELECT 'x"), claims, _own);
            case "HS256 with the public key (DER)": return Mac(With(header, "alg", "HS256"), claims, _real.ExportSubjectPublicKeyInfo());
            case "HS256 with the public key (PEM)": return Mac(With(header, "alg", "HS256"), claims, Encoding.ASCII.GetBytes(_real.ExportSubjectPublicKeyInfoPem()));
            case "HS256 with the public key (JWK)": return Mac(With(header, "alg", "HS256"), claims, Encoding.UTF8.GetBytes(Published.GetRawText()));
            case "HS256 with the public key (x)": return Mac(With(header, "alg", "HS256"), claims, Base64Url.DecodeFromChars(Published.GetProperty("x").GetString()));
            case "HS256 with nothing": return Mac(With(header, "alg", "HS256"), claims, []);
            case "expired": return Sign(header, With(With(With(claims, "iat", now - 3600), "nbf", now - 3600), "exp", now - 60), _real);
            case "no expiry": return Sign(header, Without(claims, "exp"), _real);
            case "not yet": return Sign(header, With(claims, "nbf", now + 600), _real);
            case "other audience": return Sign(header, With(claims, "aud", "another-api"), _real);
            case "no audience": return Sign(header, Without(claims, "aud"), _real);
            case "other issuer": return Sign(header, With(claims, "iss", "https://evil.example"), _real);
            case "no issuer": return Sign(header, Without(claims, "iss"), _real);
            case "ES384 in the header": return Sign(With(header, "alg", "ES384"), claims, _real);
            case "tampered subject": return $"{parts[0]}.{Encode(With(claims, "sub", "1"))}.{parts[2]}";
            case "tampered role": return $"{parts[0]}.{Encode(With(claims, "role", "admin"))}.{parts[2]}";
            case "tampered signature": return $"{parts[0]}.{parts[1]}.{(parts[2][0] == 'A' ? 'B' : 'A')}{parts[2][1..]}";
            case "signature of zeros": return $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(new byte[64])}";
            case "two signatures": return _good + "." + parts[2];
            case "not JSON": return $"{Base64Url.EncodeToString("hello"u8)}.{parts[1]}.{parts[2]}";
            case "very long": return parts[0] + "." + new string('A', 9_000) + "." + parts[2];
            case "empty": return "";
            default: throw new ArgumentOutOfRangeException(nameof(trick), trick, message: null);
        }
    }

    public void Dispose()
    {
        _real.Dispose();
        _own.Dispose();
    }

    private static JsonObject Part(string token, int index) => JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[index]))!.AsObject();

    private static JsonObject With(JsonObject node, string name, JsonNode value)
    {
        node[name] = value;
        return node;
    }

    private static JsonObject Without(JsonObject node, string name)
    {
        node.Remove(name);
        return node;
    }

    private static string Encode(JsonObject node) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(node.ToJsonString()));

    private static string Unsigned(JsonObject header, JsonObject claims) => $"{Encode(header)}.{Encode(claims)}";

    private static string Sign(JsonObject header, JsonObject claims, ECDsa key)
    {
        var text = Unsigned(header, claims);
        return $"{text}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    private static string Mac(JsonObject header, JsonObject claims, byte[] key)
    {
        var text = Unsigned(header, claims);
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text)))}";
    }

    private static JsonObject Jwk(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };
    }
}
