using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Pulse.Contracts.Ids;

namespace Pulse.UserService.Documentation;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>.</summary>
internal static class ApiDocumentation
{
    private const string Bearer = "bearer";

    public static void AddApiDocumentation(this WebApplicationBuilder builder) => builder.Services.AddOpenApi(options =>
    {
        options.AddSchemaTransformer(WriteIdsAsStrings);
        options.AddDocumentTransformer(DescribeTokens);
        options.AddOperationTransformer(RequireToken);
    });

    public static void MapApiDocumentation(this IEndpointRouteBuilder routes) => routes.MapOpenApi().AllowAnonymous();

    private static Task WriteIdsAsStrings(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(UserId) || type == typeof(PostId))
        {
            schema.Type = JsonSchemaType.String;
            schema.Pattern = "^[1-9][0-9]*$";
        }

        return Task.CompletedTask;
    }

    private static Task DescribeTokens(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info.Title = "Pulse users";
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = Bearer, BearerFormat = "JWT" };
        return Task.CompletedTask;
    }

    private static Task RequireToken(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any()) return Task.CompletedTask;

        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        return Task.CompletedTask;
    }
}
