using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Pulse.AppHost.Control;

namespace Pulse.AppHost.Local;

internal sealed class LocalRedis(string name, string command, string workingDirectory) : ExecutableResource(name, command, workingDirectory), IResourceWithConnectionString
{
    public const string EndpointName = "tcp";

    public EndpointReference Endpoint => this.GetEndpoint(EndpointName);

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Endpoint.Property(EndpointProperty.HostAndPort)}");
}

internal static class LocalRedisRegistration
{
    public static IResourceBuilder<LocalRedis> AddLocalRedis(this IDistributedApplicationBuilder builder, string name, string dataDirectory, LocalTools tools)
    {
        // ./pulse down knows it by this folder: its title overwrites the environment by which the others are known.
        var redis = new LocalRedis(name, tools.RedisServer, dataDirectory);
        var health = $"{name}_ping";
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(health, new RedisHealthCheck(redis), failureStatus: null, tags: null));

        return builder.AddResource(redis)
            .WithEndpoint(scheme: "tcp", name: LocalRedis.EndpointName)
            .WithEndpoint(LocalRedis.EndpointName, endpoint => endpoint.TargetHost = "127.0.0.1")
            // Nothing on disk: a cache that reloaded old lists would serve them as warm (DESIGN, incarnation).
            .WithArgs("--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--maxmemory-policy", "noeviction", "--port")
            .WithArgs(context => context.Args.Add(redis.Endpoint.Property(EndpointProperty.TargetPort)))
            .WithHealthCheck(health);
    }

    private sealed class RedisHealthCheck(LocalRedis redis) : IHealthCheck
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(Patience);
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(redis.Endpoint.Host, redis.Endpoint.Port, deadline.Token);
                var stream = client.GetStream();
                await stream.WriteAsync("PING\r\n"u8.ToArray(), deadline.Token);
                var answer = new byte[7];
                await stream.ReadExactlyAsync(answer, deadline.Token);
                return answer.AsSpan().SequenceEqual("+PONG\r\n"u8) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"Redis answers {Encoding.ASCII.GetString(answer).Trim()}.");
            }
            catch (Exception failure) when (failure is SocketException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                return HealthCheckResult.Unhealthy(failure.Message);
            }
        }
    }
}
