using System.Globalization;
using System.Net;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Millrace.Data;
using Millrace.Planning;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Configuration;

/// <summary>Merges a user's HOCON over the reference, refuses unknown keys, reads the options.</summary>
public static class ConfigurationLoader
{
    private const string Root = "millrace";

    /// <summary>The reference configuration, as text.</summary>
    public static string Reference { get; } = ReadReference();

    /// <summary>Parses HOCON text; <paramref name="origin"/> says where it came from when it is wrong.</summary>
    public static Config Parse(string hocon, string origin)
    {
        try
        {
            return new HoconText(hocon, origin).Parse();
        }
        catch (Exception cause) when (cause is not (OutOfMemoryException or ConfigurationException))
        {
            throw new ConfigurationException($"{origin}{LineOf(cause.Message, hocon)}: HOCON expected, found an error in it: {FirstLine(cause.Message)}", cause);
        }
    }

    // The parser says "… at position 52: " and then draws the place in further lines.
    private static string LineOf(string message, string hocon)
    {
        const string Position = "at position ";
        var start = message.IndexOf(Position, StringComparison.Ordinal);
        if (start < 0)
            return "";
        var digits = string.Concat(message[(start + Position.Length)..].TakeWhile(char.IsAsciiDigit));
        return int.TryParse(digits, CultureInfo.InvariantCulture, out var position)
            ? string.Create(CultureInfo.InvariantCulture, $", line {hocon.AsSpan(0, Math.Min(position, hocon.Length)).Count('\n') + 1}")
            : "";
    }

    private static string FirstLine(string message) => message.ReplaceLineEndings("\n").Split('\n')[0].Trim().TrimEnd(':', '.') + ".";

    /// <summary>Parses a HOCON file.</summary>
    public static Config ParseFile(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"Configuration file {path} can't be read: {cause.Message}", cause);
        }
    }

    /// <summary>The configuration with every default filled in.</summary>
    public static Config WithReference(Config user)
    {
        ArgumentNullException.ThrowIfNull(user);
        var reference = ConfigurationFactory.ParseString(Reference);
        RefuseMisspeltRoot(user, reference.GetValue(Root));
        if (user.HasPath("akka") && !user.GetValue("akka").IsObject())
            throw new ConfigurationException($"akka: a section expected, {(IsList(user.GetValue("akka")) ? "a list" : "a plain value")} found.");
        if (user.HasPath(Root))
            RefuseUnknownKeys(user.GetValue(Root), reference.GetValue(Root), Root);
        return user.WithFallback(reference);
    }

    /// <summary>Reads the options out of a configuration made by <see cref="WithReference"/>.</summary>
    public static RuntimeOptions Read(Config merged)
    {
        ArgumentNullException.ThrowIfNull(merged);
        var section = new ConfigSection(merged.GetConfig(Root));
        var millisecond = TimeSpan.FromMilliseconds(1);
        var parallelism = section.Integer("task.parallelism", 0, PlanLimits.ParallelismMax);
        var threads = section.Integer("task.threads", 0, 1024);
        return new RuntimeOptions
        {
            EpochInterval = section.Duration("epoch.interval", millisecond, TimeSpan.FromDays(1)),
            MaxInflightEpochs = section.Integer("epoch.max-inflight", 1, RuntimeOptions.MaxInflightEpochsMax),
            Parallelism = parallelism == 0 ? Environment.ProcessorCount : parallelism,
            KeyGroups = section.Integer("task.key-groups", 1, PlanLimits.KeyGroupsMax),
            TaskThreads = threads == 0 ? Environment.ProcessorCount : threads,
            TaskTimeout = section.Duration("task.timeout", TimeSpan.FromMilliseconds(10), RuntimeOptions.TaskTimeoutMax),
            DeadLettersMax = section.Integer("task.max-dead-letters", 1, 100_000_000),
            MaxAttempts = section.Integer("task.max-attempts", 1, 1000),
            CreditBatches = section.Integer("exchange.credits", 1, 1024),
            BatchDelayMax = section.Duration("exchange.max-batch-delay", TimeSpan.Zero, TimeSpan.FromSeconds(10)),
            GracefulTimeout = section.Duration("stop.graceful-timeout", TimeSpan.Zero, TimeSpan.FromDays(1)),
            DrainTimeout = section.Duration("stop.drain-timeout", TimeSpan.Zero, TimeSpan.FromHours(1)),
            Journal = ReadJournal(section),
            Cluster = ReadCluster(section),
        };
    }

    private static ClusterOptions ReadCluster(ConfigSection section)
    {
        var options = new ClusterOptions
        {
            IsEnabled = section.Choice("cluster.enabled", ("off", false), ("on", true)),
            Name = section.Word("cluster.name", 64),
            Host = section.OptionalText("cluster.host"),
            Ports = section.Ports("cluster.port"),
            DataPort = section.Integer("cluster.data-port", 0, ushort.MaxValue),
            PublicHost = section.OptionalText("cluster.public-host"),
            PublicPort = section.Integer("cluster.public-port", 0, ushort.MaxValue),
            PublicDataPort = section.Integer("cluster.public-data-port", 0, ushort.MaxValue),
            Seeds = section.OptionalText("cluster.seeds"),
            Roles = section.Choices("cluster.roles", ("coordinator", NodeRoles.Coordinator), ("worker", NodeRoles.Worker)).Aggregate((one, other) => one | other),
            Nodes = section.Integer("cluster.nodes", 1, 1000),
            PlacementWait = section.Duration("cluster.placement-wait", TimeSpan.Zero, TimeSpan.FromMinutes(10)),
            Lease = section.Duration("cluster.lease", TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(1)),
            JobsDirectory = section.OptionalText("cluster.jobs-directory"),
            StragglerEpochs = section.Integer("cluster.straggler-epochs", 0, 1000),
            StragglerFactor = section.Integer("cluster.straggler-factor", 2, 100),
            StragglerExcess = section.Duration("cluster.straggler-excess", TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
            StragglerRest = section.Duration("cluster.straggler-rest", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)),
            AllowsInsecure = section.Choice("cluster.allow-insecure", ("off", false), ("on", true)),
            Tls = ReadTls(section),
        };
        if (options.Host.Length == 0)
            throw new ConfigurationException("millrace.cluster.host: a host name or address expected, none found; leave the key out to have its default.");
        if (options.PublicHost.Length == 0 && IPAddress.TryParse(options.Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
            throw new ConfigurationException($"millrace.cluster.public-host: the name by which other nodes reach this machine expected with host = {options.Host}, none found.");
        foreach (var seed in options.SeedList)
        {
            if (seed.LastIndexOf(':') is var colon && (colon <= 0 || !ushort.TryParse(seed.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)))
                throw new ConfigurationException($"millrace.cluster.seeds: host:port, separated by commas, expected, {UserText.OfValue(seed)} found.");
        }

        return options;
    }

    private static TlsOptions ReadTls(ConfigSection section)
    {
        var options = new TlsOptions
        {
            IsEnabled = section.Choice("cluster.tls.enabled", ("off", false), ("on", true)),
            Certificate = section.OptionalText("cluster.tls.certificate"),
            Key = section.OptionalText("cluster.tls.key"),
            Password = section.OptionalText("cluster.tls.password"),
            Authority = section.OptionalText("cluster.tls.authority"),
        };
        if (options is { IsEnabled: true, Certificate.Length: 0 })
            throw new ConfigurationException("millrace.cluster.tls.certificate: the file of this node's certificate expected with tls.enabled = on, none found; hocon/tls.conf says how to make one.");
        if (options is { IsEnabled: true, Authority.Length: 0 })
            throw new ConfigurationException("millrace.cluster.tls.authority: the file of the authority's certificates expected with tls.enabled = on, none found; hocon/tls.conf says how to make them.");
        return options;
    }

    private static JournalOptions ReadJournal(ConfigSection section)
    {
        var kind = section.Choice("journal.kind", ("sqlite", JournalKind.Sqlite), ("postgresql", JournalKind.PostgreSql));
        var connectionString = section.OptionalText("journal.connection-string");
        if (kind == JournalKind.PostgreSql && connectionString.Length == 0)
            throw new ConfigurationException("millrace.journal.connection-string: one expected with kind = postgresql, none found; set it to 'Host=…;Database=…;Username=…'.");
        if (kind == JournalKind.Sqlite && connectionString.Length > 0)
            throw new ConfigurationException("millrace.journal.connection-string: none expected with kind = sqlite, one found; leave it out (the checkpoint directory holds the file), or set kind = postgresql.");
        return new JournalOptions
        {
            Kind = kind,
            ConnectionString = connectionString,
            OutageBudget = section.Duration("journal.outage-budget", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            ChunkSizeBytes = section.Bytes("journal.chunk-size", 1024, 16 * 1024 * 1024),
        };
    }

    // Other sections are other libraries' business; one that is nearly ours is a slip.
    private static void RefuseMisspeltRoot(Config user, HoconValue reference)
    {
        if (user.IsEmpty || !user.Root.IsObject())
            return;
        foreach (var (key, value) in user.Root.GetObject().Items)
        {
            if (key != Root && Distance(key.ToLowerInvariant(), Root) <= 2)
                throw new ConfigurationException($"Unknown section {UserText.OfValue(key)}; did you mean {Root}?");
            if (FirstKnown(key, value, reference.GetObject().Items) is { } known)
                throw new ConfigurationException($"{key}.{known} stands outside of {Root}; did you mean {Root}.{key}.{known}?");
        }
    }

    // A section that is ours by its name and a key in it, where only the root was left out.
    private static string? FirstKnown(string key, HoconValue value, IDictionary<string, HoconValue> sections)
    {
        if (!value.IsObject() || !sections.TryGetValue(key, out var section) || !section.IsObject())
            return null;
        var known = section.GetObject().Items;
        return value.GetObject().Items.Keys.FirstOrDefault(known.ContainsKey);
    }

    private static void RefuseUnknownKeys(HoconValue user, HoconValue reference, string path)
    {
        if (!user.IsObject())
            throw new ConfigurationException($"{path}: a section expected, {(IsList(user) ? "a list" : "a plain value")} found.");
        var known = reference.GetObject().Items;
        foreach (var (key, value) in user.GetObject().Items)
        {
            if (!known.TryGetValue(key, out var expected))
                throw new ConfigurationException($"Unknown key {path}.{UserText.OfValue(key)}; {Suggest(key, known.Keys, path)}");
            if (expected.IsObject())
                RefuseUnknownKeys(value, expected, $"{path}.{key}");
            else if (value.IsObject())
                throw new ConfigurationException($"{path}.{key}: a {(IsList(expected) ? "list" : "plain value")} expected, a section found.");
            else if (IsList(expected) && !IsList(value))
                throw new ConfigurationException($"{path}.{key}: a list expected, a plain value found; write [{UserText.OfValue(value.GetString(), 100)}].");
            else if (!IsList(expected) && IsList(value))
                throw new ConfigurationException($"{path}.{key}: a plain value expected, a list found.");
        }
    }

    // An empty one does not call itself an array.
    private static bool IsList(HoconValue value) => value.IsArray() || value.Values.OfType<HoconArray>().Any();

    private static string Suggest(string key, IEnumerable<string> known, string path)
    {
        var nearest = known.MinBy(candidate => Distance(key, candidate))!;
        return Distance(key, nearest) <= Math.Max(2, key.Length / 2)
            ? $"did you mean {path}.{nearest}?"
            : $"known there: {string.Join(", ", known.Order(StringComparer.Ordinal))}.";
    }

    // Levenshtein's edit distance, one row at a time.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replace = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    private static string ReadReference()
    {
        using var stream = typeof(ConfigurationLoader).Assembly.GetManifestResourceStream("millrace.conf")
            ?? throw new InvalidOperationException("The reference configuration is not embedded in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
