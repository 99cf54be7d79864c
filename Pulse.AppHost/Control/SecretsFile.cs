using System.Security.Cryptography;
using System.Text.Json;

namespace Pulse.AppHost.Control;

/// <summary>Secrets made at their first use and kept as long as the data they protect.</summary>
internal sealed class SecretsFile(string path)
{
    private readonly Lock _lock = new();
    private Dictionary<string, string>? _secrets;

    public string GetOrCreate(string name)
    {
        lock (_lock)
        {
            _secrets ??= File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path)) ?? [] : [];
            if (_secrets.TryGetValue(name, out var known)) return known;
            var secret = RandomNumberGenerator.GetHexString(32, lowercase: true);
            _secrets[name] = secret;
            Save();
            return secret;
        }
    }

    // Written beside and renamed: a full disk or a kill leaves the old secrets, not half a file.
    private void Save()
    {
        var draft = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options)) JsonSerializer.Serialize(file, _secrets);
        File.Move(draft, path, overwrite: true);
    }
}
