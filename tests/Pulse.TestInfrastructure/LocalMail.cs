using System.Net.Http.Json;
using Pulse.TestInfrastructure.Processes;

namespace Pulse.TestInfrastructure;

/// <summary>The mail sink of the development system: takes every mail and keeps it in memory. <see cref="LocalServer.Port"/> speaks SMTP.</summary>
public sealed class LocalMail : LocalServer
{
    private readonly int _httpPort = LoopbackPort.Free();

    private LocalMail()
        : base("mail")
    {
    }

    public Uri Address => new($"http://127.0.0.1:{_httpPort}");

    private protected override IReadOnlyList<string> Command =>
        [LocalTools.Current.Node, Path.Combine(LocalTools.Current.BusDirectory, "mail-sink.mjs")];

    private protected override IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["MAIL_SMTP_PORT"] = $"{Port}",
        ["MAIL_HTTP_PORT"] = $"{_httpPort}",
        ["MAIL_KEEP"] = "10000",
    };

    /// <summary>Starts a sink of its own for the caller.</summary>
    public static async Task<LocalMail> CreateAsync(CancellationToken ct)
    {
        var mail = new LocalMail();
        await mail.StartAsync(ct);
        return mail;
    }

    /// <summary>A sink that is not there yet; it is with <see cref="LocalServer.StartAsync"/>.</summary>
    public static LocalMail CreateAway() => new();

    /// <summary>What one address was sent since the sink started, oldest first.</summary>
    public Task<IReadOnlyList<ReceivedMail>> ToAsync(string recipient, CancellationToken ct) => ReceivedMail.ToAsync(Address, recipient, ct);

    /// <summary>Waits for a mail whose subject contains <paramref name="subject"/>.</summary>
    /// <returns>The newest one.</returns>
    public Task<ReceivedMail> WaitForAsync(string recipient, string subject, CancellationToken ct, int count = 1) =>
        ReceivedMail.WaitForAsync(Address, recipient, subject, count, ct);

    private protected override async Task<bool> AnswersAsync(CancellationToken ct)
    {
        using var client = new HttpClient();
        try
        {
            using var answer = await client.GetAsync(new Uri(Address, "/health"), ct);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

/// <summary>A mail as the sink shows it.</summary>
public sealed record ReceivedMail(string Id, string Subject, string Text)
{
    /// <summary>The token in the link.</summary>
    public string Token
    {
        get
        {
            const string Mark = "#token=";
            var start = Text.IndexOf(Mark, StringComparison.Ordinal);
            if (start < 0) throw new InvalidOperationException($"There is no token in: {Text}");
            start += Mark.Length;
            var length = Text.AsSpan(start).IndexOfAnyExceptInRange('-', 'z');
            return length < 0 ? Text[start..] : Text.Substring(start, length);
        }
    }

    public static async Task<IReadOnlyList<ReceivedMail>> ToAsync(Uri sink, string recipient, CancellationToken ct)
    {
        using var client = new HttpClient();
        return await client.GetFromJsonAsync<List<ReceivedMail>>(new Uri(sink, $"/mails?to={Uri.EscapeDataString(recipient)}"), ct) ?? [];
    }

    public static async Task<ReceivedMail> WaitForAsync(Uri sink, string recipient, string subject, int count, CancellationToken ct)
    {
        List<ReceivedMail> found = [];
        await Until.TrueAsync(
            async () =>
            {
                found = [.. (await ToAsync(sink, recipient, ct)).Where(mail => mail.Subject.Contains(subject, StringComparison.OrdinalIgnoreCase))];
                return found.Count >= count;
            },
            $"{count} mails about \"{subject}\" came",
            ct);
        return found[^1];
    }
}
