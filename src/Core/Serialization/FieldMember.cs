using System.Reflection;
using System.Reflection.Emit;

namespace Millrace.Serialization;

/// <summary>A field, read and written by code that is made once per type.</summary>
internal sealed class FieldMember<T, TField>(FieldInfo field, Codec<TField> codec) : Member<T>
{
    private readonly Get _get = MakeGet(field);
    private readonly Set _set = MakeSet(field);

    private delegate TField Get(ref T target);

    private delegate void Set(ref T target, TField value);

    public override void Write(CodecWriter writer, ref T target) => codec.Write(writer, _get(ref target));

    public override void Read(ref CodecReader reader, ref T target) => _set(ref target, codec.Read(ref reader));

    private static Get MakeGet(FieldInfo field)
    {
        var method = new DynamicMethod("get", typeof(TField), [typeof(T).MakeByRefType()], typeof(FieldMember<T, TField>).Module, skipVisibility: true);
        var code = method.GetILGenerator();
        LoadTarget(code);
        code.Emit(OpCodes.Ldfld, field);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Get>();
    }

    // Why emitted: expression trees refuse fields that only a constructor may set.
    private static Set MakeSet(FieldInfo field)
    {
        var method = new DynamicMethod("set", null, [typeof(T).MakeByRefType(), typeof(TField)], typeof(FieldMember<T, TField>).Module, skipVisibility: true);
        var code = method.GetILGenerator();
        LoadTarget(code);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Stfld, field);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Set>();
    }

    private static void LoadTarget(ILGenerator code)
    {
        code.Emit(OpCodes.Ldarg_0);
        if (!typeof(T).IsValueType)
            code.Emit(OpCodes.Ldind_Ref);
    }
}
