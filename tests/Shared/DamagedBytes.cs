using System.Buffers.Binary;
using System.Globalization;
using Millrace.Serialization;

namespace Millrace.TestInputs;

/// <summary>Damages bytes at random and reads them: they are a value or corrupt, and cost no more memory than their bound. Compiled into each project that reads bytes.</summary>
/// <remarks><c>MILLRACE_SEED=n</c> runs one seed alone; a failure prints it.</remarks>
internal static class DamagedBytes
{
    public const int SlackBytes = 65_536;

    private const int RandomBytesMax = 512;
    private const int TriesMax = 10;

    private static readonly int? OnlySeed =
        int.TryParse(Environment.GetEnvironmentVariable("MILLRACE_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : null;

    /// <summary>Reads as many inputs as <paramref name="cases"/> says.</summary>
    /// <param name="valid">What is damaged; read whole before, so that what is made once is not the inputs'.</param>
    /// <param name="cases">How many.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="factor">How many bytes may be allocated for each of the input, beside <paramref name="slackBytes"/>.</param>
    /// <param name="slackBytes">How many bytes any input may cost.</param>
    /// <param name="allocated">The bytes allocated so far. <value>Default null: those of this thread.</value></param>
    /// <returns>How many of them were corrupt.</returns>
    public static int Read(byte[] valid, int cases, Action<byte[]> read, int factor = 2, int slackBytes = SlackBytes, Func<long>? allocated = null)
    {
        allocated ??= GC.GetAllocatedBytesForCurrentThread;
        var corrupt = 0;
        read(valid);
        for (var seed = OnlySeed ?? 1; seed <= (OnlySeed ?? cases); seed++)
        {
            var bytes = Of(valid, new Random(seed));
            var (allowed, isCorrupt) = (((long)factor * bytes.Length) + slackBytes, false);
            var spent = Least(allowed, () => Spend(bytes, seed, read, allocated, out isCorrupt));
            corrupt += isCorrupt ? 1 : 0;
            Assert.True(spent <= allowed, $"MILLRACE_SEED={seed}: {factor} x {bytes.Length} + {slackBytes} bytes expected, {spent} allocated.");
        }

        return corrupt;
    }

    /// <summary>Fails unless <paramref name="read"/> allocates no more than that in the process, and gives what it does.</summary>
    public static long Cost(long allowed, Action read)
    {
        var spent = Least(allowed, () =>
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            read();
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        });
        Assert.InRange(spent, 0, allowed);
        return spent;
    }

    // Why again: what other threads allocate meanwhile may count too, but not every time.
    private static long Least(long allowed, Func<long> spend)
    {
        var spent = long.MaxValue;
        for (var tries = 0; tries < TriesMax && spent > allowed; tries++)
            spent = Math.Min(spent, spend());
        return spent;
    }

    private static long Spend(byte[] bytes, int seed, Action<byte[]> read, Func<long> allocated, out bool isCorrupt)
    {
        isCorrupt = false;
        var before = allocated();
        try
        {
            read(bytes);
        }
        catch (CorruptPayloadException failure)
        {
            isCorrupt = true;
            Assert.DoesNotContain('\n', failure.Message);
        }
        catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"MILLRACE_SEED={seed}: CorruptPayloadException expected, {failure} found.");
        }

        return allocated() - before;
    }

    /// <summary>Random bytes, or changed, cut, doubled ones with large numbers put in.</summary>
    private static byte[] Of(byte[] valid, Random random)
    {
        if (random.Next(10) == 0)
        {
            var noise = new byte[random.Next(RandomBytesMax)];
            random.NextBytes(noise);
            return noise;
        }

        byte[] bytes = [.. valid];
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Length > 0; changes--)
            bytes = Changed(bytes, random);
        return bytes;
    }

    private static byte[] Changed(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length);
        switch (random.Next(6))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                return bytes[..at];
            case 3 when at <= bytes.Length - sizeof(int):
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), random.Next(4) == 0 ? -1 : 1 << random.Next(31));
                break;
            case 4:
                return [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]];
            default:
                bytes.AsSpan(at, Math.Min(random.Next(8), bytes.Length - at)).Fill((byte)random.Next(256));
                break;
        }

        return bytes;
    }
}
