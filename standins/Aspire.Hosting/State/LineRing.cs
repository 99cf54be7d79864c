namespace Aspire.Hosting.ApplicationModel;

/// <summary>The newest lines of a log, bounded in number and in characters: what is too much falls out at the old end.</summary>
internal sealed class LineRing
{
    public const int KeptLines = 5_000;

    // 8 MB: a resource that writes long lines keeps fewer of them.
    public const int KeptCharacters = 4 * 1024 * 1024;

    private LogLine[] _lines = new LogLine[256];
    private int _first;
    private int _count;
    private int _characters;

    public int OldestNumber => NextNumber - _count;

    public int NextNumber { get; private set; } = 1;

    public void Add(string content, bool isError)
    {
        while (_count == KeptLines || (_count > 0 && _characters + content.Length > KeptCharacters)) RemoveOldest();
        if (_count == _lines.Length) Grow();
        _lines[(_first + _count) % _lines.Length] = new LogLine(NextNumber++, content, isError);
        _count++;
        _characters += content.Length;
    }

    /// <summary>Lines from this number on, which must be kept still: at most so many, and one more than so many characters.</summary>
    public List<LogLine> Read(int from, int atMost, int atMostCharacters)
    {
        List<LogLine> found = [];
        for (var characters = 0; from < NextNumber && found.Count < atMost && characters < atMostCharacters; from++)
        {
            var line = _lines[(_first + from - OldestNumber) % _lines.Length];
            found.Add(line);
            characters += line.Content.Length;
        }

        return found;
    }

    private void RemoveOldest()
    {
        _characters -= _lines[_first].Content.Length;
        _lines[_first] = default;
        _first = (_first + 1) % _lines.Length;
        _count--;
    }

    private void Grow()
    {
        var larger = new LogLine[Math.Min(_lines.Length * 2, KeptLines)];
        for (var index = 0; index < _count; index++) larger[index] = _lines[(_first + index) % _lines.Length];
        (_lines, _first) = (larger, 0);
    }
}
