using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Millrace.Serialization;

/// <summary>Makes the two methods that write and read the members of a type, one after another in the order of the calls.</summary>
/// <remarks>
/// Why emitted: one call a member, no boxing, and fields that only a constructor may set, which expression trees refuse. What the methods use
/// (codecs, schemas, defaults) stands in the array that they are bound to.
/// </remarks>
internal sealed class MemberCode<T>
{
    private static readonly MethodInfo SkipValue = typeof(SchemaSkip).GetMethod(nameof(SchemaSkip.Value))!;

    private readonly List<object> _parts = [];
    private readonly DynamicMethod _write = Method("write", typeof(CodecWriter));
    private readonly DynamicMethod _read = Method("read", typeof(CodecReader).MakeByRefType());

    /// <summary>A member that is written and read.</summary>
    public void Field(FieldInfo field, object codec)
    {
        var type = typeof(Codec<>).MakeGenericType(field.FieldType);
        var write = _write.GetILGenerator();
        LoadPart(write, codec);
        write.Emit(OpCodes.Ldarg_1);
        LoadTarget(write);
        write.Emit(OpCodes.Ldfld, field);
        write.Emit(OpCodes.Callvirt, type.GetMethod(nameof(Codec<>.Write))!);

        var read = _read.GetILGenerator();
        LoadTarget(read);
        LoadPart(read, codec);
        read.Emit(OpCodes.Ldarg_1);
        read.Emit(OpCodes.Callvirt, type.GetMethod(nameof(Codec<>.Read))!);
        read.Emit(OpCodes.Stfld, field);
    }

    /// <summary>A member that was written and that the type no longer has.</summary>
    public void Skip(CodecSchema schema)
    {
        var read = _read.GetILGenerator();
        LoadPart(read, schema);
        read.Emit(OpCodes.Ldarg_1);
        read.Emit(OpCodes.Call, SkipValue);
    }

    /// <summary>A member that the type did not have when the value was written.</summary>
    public void Default(FieldInfo field, object value)
    {
        var box = typeof(StrongBox<>).MakeGenericType(field.FieldType);
        var read = _read.GetILGenerator();
        LoadTarget(read);
        LoadPart(read, Activator.CreateInstance(box, value)!);
        read.Emit(OpCodes.Ldfld, box.GetField(nameof(StrongBox<>.Value))!);
        read.Emit(OpCodes.Stfld, field);
    }

    public Codec<T> Finish(CodecSchema schema)
    {
        var parts = _parts.ToArray();
        _write.GetILGenerator().Emit(OpCodes.Ret);
        _read.GetILGenerator().Emit(OpCodes.Ret);
        return new MemberCodec<T>(schema, _write.CreateDelegate<WriteMembers<T>>(parts), _read.CreateDelegate<ReadMembers<T>>(parts));
    }

    private static DynamicMethod Method(string name, Type channel) =>
        new(name, null, [typeof(object[]), channel, typeof(T).MakeByRefType()], typeof(CodecCatalog).Module, skipVisibility: true);

    // Why without a cast: the array holds what Field, Skip and Default have put there, and nobody else has it.
    private void LoadPart(ILGenerator code, object part)
    {
        var index = _parts.IndexOf(part);
        if (index < 0)
        {
            index = _parts.Count;
            _parts.Add(part);
        }

        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldc_I4, index);
        code.Emit(OpCodes.Ldelem_Ref);
    }

    private static void LoadTarget(ILGenerator code)
    {
        code.Emit(OpCodes.Ldarg_2);
        if (!typeof(T).IsValueType)
            code.Emit(OpCodes.Ldind_Ref);
    }
}
