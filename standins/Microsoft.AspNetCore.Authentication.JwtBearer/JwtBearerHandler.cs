using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>Carries a bearer token to the token handlers and their verdict back; the validation itself is all theirs.</summary>
public partial class JwtBearerHandler(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<JwtBearerOptions>(options, logger, encoder)
{
    private const string Prefix = "Bearer ";

    protected new JwtBearerEvents Events { get => (JwtBearerEvents)base.Events!; set => base.Events = value; }

    protected override Task<object> CreateEventsAsync() => Task.FromResult<object>(new JwtBearerEvents());

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        try
        {
            var received = new MessageReceivedContext(Context, Scheme, Options);
            await Events.MessageReceived(received);
            if (received.Result is not null)
                return received.Result;

            var token = string.IsNullOrEmpty(received.Token) ? ReadHeader() : received.Token;
            return string.IsNullOrEmpty(token) ? AuthenticateResult.NoResult() : await AuthenticateAsync(token);
        }
        catch (Exception e)
        {
            LogProcessingFailed(Logger, e);
            if (await OfferFailureAsync(e) is { } decided)
                return decided;

            throw;
        }
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var attempt = await HandleAuthenticateOnceSafeAsync();
        var challenge = new JwtBearerChallengeContext(Context, Scheme, Options, properties) { AuthenticateFailure = attempt?.Failure };

        // A missing token is no invalid token: RFC 6750 wants no error code then.
        if (Options.IncludeErrorDetails && challenge.AuthenticateFailure is { } failure)
        {
            challenge.Error = "invalid_token";
            challenge.ErrorDescription = FailureDescription.Of(failure);
        }

        await Events.Challenge(challenge);
        if (challenge.Handled)
            return;

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.Append("WWW-Authenticate", Header(Options.Challenge, challenge));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        if (!Response.HasStarted)
            Response.StatusCode = StatusCodes.Status403Forbidden;

        return Events.Forbidden(new ForbiddenContext(Context, Scheme, Options));
    }

    private string? ReadHeader()
    {
        var header = Request.Headers.Authorization.ToString();
        return header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim() : null;
    }

    private async Task<AuthenticateResult> AuthenticateAsync(string token)
    {
        var failures = new List<Exception>();
        foreach (var handler in Options.TokenHandlers)
        {
            var validation = await handler.ValidateTokenAsync(token, Options.TokenValidationParameters);
            if (validation.IsValid)
                return await AcceptAsync(token, validation);

            failures.Add(validation.Exception ?? new SecurityTokenValidationException($"The TokenHandler '{handler}' was unable to validate the token."));
        }

        if (failures.Count == 0)
            return AuthenticateResult.Fail("No TokenHandler was able to validate the token.");

        var failure = failures.Count == 1 ? failures[0] : new AggregateException(failures);
        LogTokenRefused(Logger, failure);
        return await OfferFailureAsync(failure) ?? AuthenticateResult.Fail(failure);
    }

    private async Task<AuthenticateResult> AcceptAsync(string token, TokenValidationResult validation)
    {
        LogTokenAccepted(Logger);
        var validated = new TokenValidatedContext(Context, Scheme, Options)
        {
            Principal = new ClaimsPrincipal(validation.ClaimsIdentity),
            SecurityToken = validation.SecurityToken
        };
        validated.Properties.ExpiresUtc = Instant(validation.SecurityToken.ValidTo);
        validated.Properties.IssuedUtc = Instant(validation.SecurityToken.ValidFrom);

        await Events.TokenValidated(validated);
        if (validated.Result is not null)
            return validated.Result;

        if (Options.SaveToken)
            validated.Properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = token }]);

        validated.Success();
        return validated.Result!;
    }

    /// <returns>What the application made of the failure; null when it left it as it is.</returns>
    private async Task<AuthenticateResult?> OfferFailureAsync(Exception failure)
    {
        var failed = new AuthenticationFailedContext(Context, Scheme, Options) { Exception = failure };
        await Events.AuthenticationFailed(failed);
        return failed.Result;
    }

    // The token handlers say "none" as the smallest DateTime.
    private static DateTimeOffset? Instant(DateTime utc) =>
        utc == DateTime.MinValue ? null : new DateTimeOffset(utc, TimeSpan.Zero);

    // Bearer error="invalid_token", error_description="The token expired at '…'"
    private static string Header(string scheme, JwtBearerChallengeContext challenge)
    {
        var parameters = new (string Name, string? Value)[]
        {
            ("error", challenge.Error),
            ("error_description", challenge.ErrorDescription),
            ("error_uri", challenge.ErrorUri)
        };
        var given = string.Join(", ", parameters.Where(p => !string.IsNullOrEmpty(p.Value)).Select(p => $"{p.Name}=\"{p.Value}\""));
        if (given.Length == 0)
            return scheme;

        // An application's own challenge may bring parameters already: Bearer realm="pulse"
        return scheme.Contains(' ', StringComparison.Ordinal) ? $"{scheme}, {given}" : $"{scheme} {given}";
    }

    [LoggerMessage(1, LogLevel.Information, "Failed to validate the token.", EventName = "TokenValidationFailed")]
    private static partial void LogTokenRefused(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Debug, "Successfully validated the token.", EventName = "TokenValidationSucceeded")]
    private static partial void LogTokenAccepted(ILogger logger);

    [LoggerMessage(3, LogLevel.Error, "Exception occurred while processing message.", EventName = "ProcessingMessageFailed")]
    private static partial void LogProcessingFailed(ILogger logger, Exception exception);
}
