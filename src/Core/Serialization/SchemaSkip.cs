namespace Millrace.Serialization;

/// <summary>Reads over a value of which only the schema is known.</summary>
internal static class SchemaSkip
{
    public static void Value(CodecSchema schema, ref CodecReader reader)
    {
        switch (schema.Kind)
        {
            case SchemaKind.Primitive:
                Primitive(schema.Name, ref reader);
                break;
            case SchemaKind.Nullable:
                if (reader.ReadFlag())
                    Value(schema.Parts[0].Schema, ref reader);
                break;
            case SchemaKind.List or SchemaKind.Map:
                for (var left = reader.ReadListLength(schema.ItemBytesMin); left > 0; left--)
                    Parts(schema, ref reader);
                break;
            case SchemaKind.Tuple or SchemaKind.Object:
                Parts(schema, ref reader);
                break;
            default:
                reader.ReadBlock();
                break;
        }
    }

    private static void Parts(CodecSchema schema, ref CodecReader reader)
    {
        foreach (var (_, part) in schema.Parts)
            Value(part, ref reader);
    }

    private static void Primitive(string name, ref CodecReader reader)
    {
        if (PrimitiveWidth.Fixed(name) is > 0 and var bytes)
        {
            reader.ReadSpan(bytes);
            return;
        }

        switch (PrimitiveWidth.Written(name))
        {
            case "short" or "ushort" or "int" or "uint" or "long" or "ulong" or "char" or "date" or "time" or "timespan":
                reader.ReadVarint();
                break;
            case "bigint":
                reader.ReadSpan(reader.ReadLength());
                break;
            case "text" or "bytes":
                reader.ReadSpan(Math.Max(0, reader.ReadListLength()));
                break;
            case "datetimeoffset":
                reader.ReadFixed64();
                reader.ReadVarint();
                break;
            default:
                throw new CorruptPayloadException($"A member of kind '{name}' was written, which this version does not know, so it can't be left out; use the version that wrote it.");
        }
    }
}
