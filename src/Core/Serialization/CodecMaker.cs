using System.Reflection;
using Millrace.Data;

namespace Millrace.Serialization;

/// <summary>Makes one codec and those of its parts, for a type as it is or as it was when a value was written.</summary>
internal sealed partial class CodecMaker(CodecCatalog catalog)
{
    private static readonly MethodInfo GenericMake = typeof(CodecMaker).GetMethods().Single(method => method is { Name: nameof(Make), IsGenericMethodDefinition: true });

    private readonly Stack<Type> _open = [];

    /// <param name="type">The type.</param>
    /// <param name="written">The schema of what is to be read; null: as the type is.</param>
    /// <param name="path">What led here, for messages: <c>Order.Lines</c>.</param>
    public object Make(Type type, CodecSchema? written, string path)
    {
        if (type.IsPointer || type.IsFunctionPointer || type.IsByRefLike || type == typeof(void))
            throw Refused(type, path, "it exists in memory only");
        return Call(GenericMake.MakeGenericMethod(type), this, written, path);
    }

    /// <inheritdoc cref="Make(Type, CodecSchema?, string)"/>
    public Codec<T> Make<T>(CodecSchema? written, string path)
    {
        if (PrimitiveCodecs.Find<T>() is { } primitive)
            return Same(primitive, written, path);
        var type = typeof(T);
        if (type.IsEnum)
            return Same((Codec<T>)Activator.CreateInstance(typeof(EnumCodec<,>).MakeGenericType(type, type.GetEnumUnderlyingType()), Make(type.GetEnumUnderlyingType(), null, path))!, written, path);
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return (Codec<T>)MakeNullable(underlying, written, path);
        if (TryMakeCollection<T>(written, path) is { } collection)
            return collection;
        return FromSource<T>(isLastResort: false, written, path) ?? FromMembersOrLastResort<T>(written, path);
    }

    private static CodecSchema SchemaOf(object codec) => (CodecSchema)codec.GetType().GetProperty(nameof(Codec<>.Schema))!.GetValue(codec)!;

    private static object Call(MethodInfo method, object? target, params object?[] arguments) =>
        method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    private static Codec<T> Same<T>(Codec<T> codec, CodecSchema? written, string path) =>
        written is null || written.Equals(codec.Schema) ? codec : throw Differs(path, written, codec.Schema.ToString());

    private static SchemaException Differs(string path, CodecSchema written, string expected) =>
        new($"{path}: {written} written, {expected} expected.");

    private static GraphException Refused(Type type, string path, string why) =>
        new($"{path}: a type that can be written expected, {CodecCatalog.Name(type)} found: {why}; keep what it stands for in members of plain types, or leave it out with [NonSerialized].");

    private static CodecSchema Shallow(CodecSchema schema, Type type, string path) => schema.Depth < CodecSchema.DepthMax
        ? schema
        : throw Refused(type, path, $"its parts lie more than {CodecSchema.DepthMax} deep in each other");

    private object MakeNullable(Type underlying, CodecSchema? written, string path) => written is { Kind: not SchemaKind.Nullable }
        ? Activator.CreateInstance(typeof(WidenedCodec<>).MakeGenericType(underlying), Make(underlying, written, path))!
        : Activator.CreateInstance(typeof(NullableCodec<>).MakeGenericType(underlying), Make(underlying, written?.Parts[0].Schema, path))!;

    private Codec<T>? FromSource<T>(bool isLastResort, CodecSchema? written, string path)
    {
        foreach (var source in catalog.Sources)
        {
            if (source.IsLastResort == isLastResort && source.TryMake<T>(catalog) is { } codec)
                return Same(codec, written, path);
        }

        return null;
    }

    private Codec<T> FromMembersOrLastResort<T>(CodecSchema? written, string path)
    {
        if (_open.Contains(typeof(T)))
            throw Refused(typeof(T), path, "it holds itself");
        if (_open.Count == CodecSchema.DepthMax)
            throw Refused(typeof(T), path, $"its parts lie more than {CodecSchema.DepthMax} deep in each other");
        if (written is { Kind: SchemaKind.Opaque } && FromLastResort<T>(written, path) is { } opaque)
            return opaque;
        try
        {
            return FromMembers<T>(written, path);
        }
        catch (GraphException)
        {
            if (FromLastResort<T>(written, path) is { } codec)
                return codec;
            throw;
        }
    }

    // Why functions are looked for first: a serializer that writes them would run what it reads.
    private Codec<T>? FromLastResort<T>(CodecSchema? written, string path) =>
        DeclaredTypes.Of(typeof(T)).Any(type => typeof(Delegate).IsAssignableFrom(type)) ? null : FromSource<T>(isLastResort: true, written, path);
}
