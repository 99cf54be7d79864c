using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Pulse.ServiceDefaults.Problems;

namespace Pulse.ServiceDefaults.Authentication;

/// <summary>The secret that Pulse's processes show each other on <c>/internal/*</c>.</summary>
public sealed class ServiceKeyOptions
{
    public const string Section = "Internal";

    /// <summary>Header that carries the key.</summary>
    public const string Header = "X-Pulse-Service-Key";

    /// <summary>At least 16 characters; the same for every process of one installation.</summary>
    [Required, MinLength(16)]
    public string ServiceKey { get; set; } = "";
}

/// <summary>Guards the internal calls, which the gateway does not route either.</summary>
public static class ServiceKey
{
    /// <summary>The group <c>/internal</c>: no user token, the service key instead.</summary>
    public static RouteGroupBuilder MapInternalGroup(this IEndpointRouteBuilder routes)
    {
        var expected = Encoding.UTF8.GetBytes(routes.ServiceProvider.GetRequiredService<IOptions<ServiceKeyOptions>>().Value.ServiceKey);
        var group = routes.MapGroup("/internal").AllowAnonymous().ExcludeFromDescription();
        group.AddEndpointFilter(async (context, next) =>
        {
            var shown = Encoding.UTF8.GetBytes(context.HttpContext.Request.Headers[ServiceKeyOptions.Header].ToString());
            return CryptographicOperations.FixedTimeEquals(shown, expected)
                ? await next(context)
                : Problem.Unauthorized("Internal calls need the service key.");
        });
        return group;
    }
}
