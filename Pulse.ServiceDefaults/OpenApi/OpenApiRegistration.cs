using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;
using Pulse.Contracts;
using Pulse.Contracts.Ids;

namespace Pulse.ServiceDefaults.OpenApi;

/// <summary>The description of a service's public calls at <c>/openapi/v1.json</c>; the gateway merges them into one.</summary>
public static class OpenApiRegistration
{
    private const string Bearer = "bearer";

    public static IHostApplicationBuilder AddPulseOpenApi(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOpenApi(options =>
        {
            options.AddSchemaTransformer(WriteIdsAsStrings);
            options.AddSchemaTransformer(WriteEnumsAsNames);
            options.AddDocumentTransformer(DescribeTokens);
            options.AddOperationTransformer(RequireToken);
        });
        return builder;
    }

    public static void MapPulseOpenApi(this WebApplication app) => app.MapOpenApi().AllowAnonymous();

    // Ids have a converter of their own, which the generator cannot look into.
    private static Task WriteIdsAsStrings(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        var type = context.JsonTypeInfo.Type;
        var underlying = Nullable.GetUnderlyingType(type);
        if (IsId(underlying ?? type))
        {
            schema.Type = underlying is null ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Pattern = "^[1-9][0-9]{0,18}$";
            schema.Description = "A 63-bit id as decimal digits.";
        }

        return Task.CompletedTask;
    }

    // So have enums.
    private static Task WriteEnumsAsNames(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        var type = context.JsonTypeInfo.Type;
        var underlying = Nullable.GetUnderlyingType(type);
        if ((underlying ?? type).IsEnum)
        {
            schema.Type = underlying is null ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Enum = [.. EnumNames.Of(underlying ?? type).Select(name => (JsonNode)name)];
            if (underlying is not null) schema.Enum.Add(null!);
        }

        return Task.CompletedTask;
    }

    private static bool IsId(Type type) =>
        type.GetInterfaces().Any(contract => contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(ISnowflakeId<>));

    private static Task DescribeTokens(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Bearer, BearerFormat = "JWT" };
        return Task.CompletedTask;
    }

    private static Task RequireToken(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        }

        return Task.CompletedTask;
    }
}
