namespace Pulse.UserService.Mail;

internal static class MailRegistration
{
    public static void AddMail(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<MailSignal>();
        builder.Services.AddSingleton<MailQueue>();
        builder.Services.AddSingleton<IMailTransport, SmtpTransport>();
        builder.Services.AddScoped<MailOutbox>();
        builder.Services.AddScoped<MailTexts>();
        builder.Services.AddSingleton<MailSender>();
        builder.Services.AddHostedService(services => services.GetRequiredService<MailSender>());
    }
}
