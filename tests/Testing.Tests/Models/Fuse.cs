namespace Millrace.Testing.Tests.Models;

/// <summary>Lets a call of a function throw, once. Thread-safe.</summary>
internal sealed class Fuse
{
    private int _callsLeft;

    /// <summary>Which of the next calls throws, from 1 on; 0 for none.</summary>
    public void Set(int call) => Volatile.Write(ref _callsLeft, call);

    public T Pass<T>(T row) => Volatile.Read(ref _callsLeft) > 0 && Interlocked.Decrement(ref _callsLeft) == 0 ? throw new FormatException("once") : row;

    /// <summary>The function, which may throw after its work.</summary>
    public Func<T1, T2, TResult> In<T1, T2, TResult>(Func<T1, T2, TResult> function) => (one, two) => Pass(function(one, two));

    /// <inheritdoc cref="In{T1,T2,TResult}(Func{T1,T2,TResult})"/>
    public Func<T1, T2, T3, TResult> In<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> function) => (one, two, three) => Pass(function(one, two, three));

    /// <inheritdoc cref="In{T1,T2,TResult}(Func{T1,T2,TResult})"/>
    public Func<T1, T2, T3, T4, TResult> In<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, TResult> function) =>
        (one, two, three, four) => Pass(function(one, two, three, four));
}
