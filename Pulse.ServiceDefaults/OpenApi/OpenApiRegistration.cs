using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;
using Pulse.Contracts.Ids;

namespace Pulse.ServiceDefaults.OpenApi;

/// <summary>The description of a service's public calls at <c>/openapi/v1.json</c>; the gateway merges them into one.</summary>
public static class OpenApiRegistration
{
    private static readonly Type[] Ids = [typeof(PostId), typeof(UserId)];

    public static IHostApplicationBuilder AddPulseOpenApi(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOpenApi(options => options.AddSchemaTransformer((schema, context, _) =>
        {
            // Ids have a converter of their own, which the generator cannot look into.
            var type = context.JsonTypeInfo.Type;
            if (Ids.Contains(Nullable.GetUnderlyingType(type) ?? type))
            {
                schema.Type = Nullable.GetUnderlyingType(type) is null ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
                schema.Pattern = "^[1-9][0-9]{0,18}$";
                schema.Description = "A 63-bit id as decimal digits.";
            }

            return Task.CompletedTask;
        }));
        return builder;
    }

    public static void MapPulseOpenApi(this WebApplication app) => app.MapOpenApi().AllowAnonymous();
}
