using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>Which fields of a type a copy may not share with its original.</summary>
internal static class CopiedFields
{
    public static List<FieldInfo> Of(Type type) => [.. Immutability.FieldsOf(type).Where(field => IsLeftOut(field) || !Immutability.IsImmutable(field.FieldType))];

    /// <summary>Fields of the platform's types that bear the mark are what those types need to work.</summary>
    public static bool IsLeftOut(FieldInfo field) => field.IsDefined(typeof(NonSerializedAttribute)) && !DeclaredTypes.IsOfPlatform(field.DeclaringType!);
}

/// <summary>The method that puts copies into the fields of a <typeparamref name="T"/>.</summary>
/// <remarks>Why emitted: no boxing, and fields that only a constructor may set, which expression trees refuse.</remarks>
internal static class CopiedFields<T>
{
    internal delegate void SeparateCode(ref T value, ObjectCopier copier);

    public static readonly SeparateCode Separate = Make();

    private static SeparateCode Make()
    {
        if (typeof(T).IsDefined(typeof(InlineArrayAttribute), inherit: false) && CopiedFields.Of(typeof(T)).Count > 0)
            return (ref _, _) => throw new NotCopiedException($"{CodecCatalog.Name(typeof(T))} found, an inline array of items that can be changed. Keep them in an array or a list.");
        var method = new DynamicMethod("separate", null, [typeof(T).MakeByRefType(), typeof(ObjectCopier)], typeof(ObjectCopier).Module, skipVisibility: true);
        var code = method.GetILGenerator();
        foreach (var field in CopiedFields.Of(typeof(T)))
        {
            if (CopiedFields.IsLeftOut(field))
            {
                LoadAddress(code, field);
                code.Emit(OpCodes.Initobj, field.FieldType);
            }
            else
            {
                code.Emit(OpCodes.Ldarg_1);
                LoadAddress(code, field);
                code.Emit(OpCodes.Call, typeof(ObjectCopier).GetMethod(nameof(ObjectCopier.Separate))!.MakeGenericMethod(field.FieldType));
            }
        }

        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<SeparateCode>();
    }

    private static void LoadAddress(ILGenerator code, FieldInfo field)
    {
        code.Emit(OpCodes.Ldarg_0);
        if (!typeof(T).IsValueType)
            code.Emit(OpCodes.Ldind_Ref);
        code.Emit(OpCodes.Ldflda, field);
    }
}
