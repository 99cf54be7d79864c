using Microsoft.Extensions.Hosting;
using Pulse.AppHost.Control;

namespace Pulse.AppHost.Local;

/// <summary>A mail server that delivers nothing and shows what it took, at its http address. Of any topology: it is a small process with no data.</summary>
internal sealed class LocalMail(string name, string command, string workingDirectory) : ExecutableResource(name, command, workingDirectory)
{
    public const string HttpEndpointName = "http";
    public const string SmtpEndpointName = "smtp";
}

internal static class LocalMailRegistration
{
    /// <summary>Null outside of Development: mails belong to a real server there.</summary>
    public static IResourceBuilder<LocalMail>? AddLocalMail(this IDistributedApplicationBuilder builder, string name, PulseRun run)
    {
        if (!builder.Environment.IsDevelopment()) return null;

        return builder.AddResource(new LocalMail(name, run.Tools.Node, run.Tools.BusDirectory))
            .WithArgs("mail-sink.mjs")
            .WithHttpEndpoint(env: "MAIL_HTTP_PORT")
            .WithEndpoint(LocalMail.HttpEndpointName, endpoint => endpoint.TargetHost = "127.0.0.1")
            .WithEndpoint(scheme: "tcp", name: LocalMail.SmtpEndpointName, env: "MAIL_SMTP_PORT")
            .WithEndpoint(LocalMail.SmtpEndpointName, endpoint => endpoint.TargetHost = "127.0.0.1")
            .WithHttpHealthCheck("/health");
    }

    /// <summary>Where the project hands its mails to. It does not wait: without the server mails wait.</summary>
    public static IResourceBuilder<ProjectResource> WithMail(this IResourceBuilder<ProjectResource> project, IResourceBuilder<LocalMail>? mail, PulseRun run)
    {
        if (mail is null) return project;

        var smtp = mail.GetEndpoint(LocalMail.SmtpEndpointName);
        return project
            .WithEnvironment("Mail__SmtpHost", $"{smtp.Property(EndpointProperty.Host)}")
            .WithEnvironment("Mail__SmtpPort", $"{smtp.Property(EndpointProperty.Port)}")
            .WithEnvironment("Mail__PublicUrl", run.GatewayUrl);
    }
}
