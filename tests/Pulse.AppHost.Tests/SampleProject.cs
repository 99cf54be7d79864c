using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Pulse.AppHost.Tests;

/// <summary>A project of one file in a folder of its own: it listens where Aspire tells it to and does what each connection asks for.</summary>
public sealed class SampleProject : IAsyncLifetime
{
    private const string ProjectFile =
        """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <UseAppHost>false</UseAppHost>
          </PropertyGroup>
        </Project>
        """;

    /// <summary>"who": its instance. "hold": its instance, and then nothing more. "count": how many bytes came after the line. Else it is a health check.</summary>
    private const string Program =
        """
        using System.Net;
        using System.Net.Sockets;

        var instance = Environment.GetEnvironmentVariable("OTEL_RESOURCE_ATTRIBUTES")!.Split('=')[1];
        Console.WriteLine("version=1");
        Console.WriteLine($"instance={instance}");
        // The first one that comes is sick until somebody removes the file.
        var sickness = Environment.GetEnvironmentVariable("SICKNESS");
        var isSick = false;
        try
        {
            if (sickness is not null) new FileStream(sickness, FileMode.CreateNew).Dispose();
            isSick = sickness is not null;
        }
        catch (IOException)
        {
        }

        var listener = new TcpListener(IPAddress.Loopback, new Uri(Environment.GetEnvironmentVariable("ASPNETCORE_URLS")!).Port);
        listener.Start();
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync();
            _ = Task.Run(() => Serve(client));
        }

        async Task Serve(TcpClient client)
        {
            using (client)
            {
                var stream = client.GetStream();
                var asked = "";
                for (int read; (read = stream.ReadByte()) is not -1 and not '\n';) asked += (char)read;
                using var answer = new StreamWriter(stream) { AutoFlush = true };
                switch (asked)
                {
                    case "who":
                        await answer.WriteLineAsync(instance);
                        break;
                    case "hold":
                        await answer.WriteLineAsync(instance);
                        await Task.Delay(Timeout.Infinite);
                        break;
                    case "count":
                        var (count, buffer) = (0L, new byte[1024]);
                        for (int read; (read = await stream.ReadAsync(buffer)) > 0;) count += read;
                        await answer.WriteLineAsync($"{count}");
                        break;
                    default:
                        var status = isSick && File.Exists(sickness) ? "503 Sick" : "200 OK";
                        await answer.WriteAsync($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                        client.Client.Shutdown(SocketShutdown.Send);
                        await stream.CopyToAsync(Stream.Null);
                        break;
                }
            }
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pulse-sample-");

    public string Folder => _folder.FullName;

    public string ProjectPath => Path.Combine(Folder, "Sample.csproj");

    private string ProgramPath => Path.Combine(Folder, "Program.cs");

    public async ValueTask InitializeAsync()
    {
        await WriteAsync(program => program);
        await File.WriteAllTextAsync(ProjectPath, ProjectFile);
        var configuration = AppContext.BaseDirectory.TrimEnd('/').Split('/')[^2];
        var start = new ProcessStartInfo("dotnet", ["build", ProjectPath, "--configuration", configuration, "--nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray()) start.Environment.Remove(name);
        using var build = Process.Start(start)!;
        var said = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        Assert.True(build.ExitCode == 0, said);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes the program anew.</summary>
    public Task WriteAsync(Func<string, string> change) => File.WriteAllTextAsync(ProgramPath, change(Program));

    public IResourceBuilder<ProjectResource> AddTo(IDistributedApplicationBuilder builder, string name, int replicas = 1) =>
        builder.AddProject(name, ProjectPath).WithHttpEndpoint().WithEndpoint("http", endpoint => endpoint.TargetHost = "127.0.0.1").WithHttpHealthCheck("/health").WithReplicas(replicas);

    /// <summary>Asks on a connection of its own.</summary>
    /// <returns>The first line of the answer.</returns>
    public static async Task<string?> AskAsync(string url, string question)
    {
        using var connection = await SampleConnection.OpenAsync(url, question);
        return await connection.ReadLineAsync();
    }
}

/// <summary>A connection to the sample.</summary>
internal sealed class SampleConnection : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;

    private SampleConnection(TcpClient client) => (_client, _reader) = (client, new StreamReader(client.GetStream()));

    public static async Task<SampleConnection> OpenAsync(string url, string question)
    {
        var (address, client) = (new Uri(url), new TcpClient());
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var connection = new SampleConnection(client);
        await connection.SendAsync(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{question}\n")));
        return connection;
    }

    public async Task SendAsync(byte[] bytes) => await _client.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken);

    public void EndSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <returns>Null at an orderly end.</returns>
    public async Task<string?> ReadLineAsync() => await _reader.ReadLineAsync(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }
}
