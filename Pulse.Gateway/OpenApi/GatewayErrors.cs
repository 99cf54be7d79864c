using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Pulse.Gateway.Routing;

namespace Pulse.Gateway.OpenApi;

/// <summary>The errors of a call that the gateway, or what every service has in common, may answer; what a service says of its own stays.</summary>
internal static class GatewayErrors
{
    public static void Add(JsonObject operation, GatewayRoute? route)
    {
        if (operation["responses"] is not JsonObject responses) operation["responses"] = responses = [];

        if (route is { Access: Access.Token }) Describe(responses, StatusCodes.Status401Unauthorized);
        if (operation["requestBody"] is not null)
        {
            Describe(responses, StatusCodes.Status400BadRequest);
            Describe(responses, StatusCodes.Status408RequestTimeout);
            Describe(responses, StatusCodes.Status413PayloadTooLarge);
            Describe(responses, StatusCodes.Status415UnsupportedMediaType);
        }

        Describe(responses, StatusCodes.Status429TooManyRequests);
        Describe(responses, StatusCodes.Status502BadGateway);
        Describe(responses, StatusCodes.Status503ServiceUnavailable);
        Describe(responses, StatusCodes.Status504GatewayTimeout);
    }

    private static void Describe(JsonObject responses, int status)
    {
        var code = status.ToString(CultureInfo.InvariantCulture);
        if (responses.ContainsKey(code)) return;

        responses[code] = new JsonObject
        {
            ["description"] = ReasonPhrases.GetReasonPhrase(status),
            ["content"] = new JsonObject
            {
                ["application/problem+json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/Problem" } },
            },
        };
    }
}
