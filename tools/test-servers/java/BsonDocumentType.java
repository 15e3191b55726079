import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/**
 * Documents as BSON in the H2 file.
 *
 * <p>H2's own type serializes Java objects and guesses their size, so documents of many megabytes end up together in
 * one page that is written anew, whole, at every commit: three of them exhaust a small heap.
 */
final class BsonDocumentType extends BasicDataType<Document> {
    @Override
    public int getMemory(Document document) {
        return encode(document).readableBytes();
    }

    @Override
    public void write(WriteBuffer out, Document document) {
        ByteBuf bytes = encode(document);
        out.putVarInt(bytes.readableBytes());
        out.put(bytes.nioBuffer());
    }

    @Override
    public Document read(ByteBuffer in) {
        int length = DataUtils.readVarInt(in);
        ByteBuffer bytes = in.slice();
        bytes.limit(length);
        in.position(in.position() + length);
        return BsonDecoder.decodeBson(Unpooled.wrappedBuffer(bytes));
    }

    @Override
    public Document[] createStorage(int size) {
        return new Document[size];
    }

    private static ByteBuf encode(Document document) {
        ByteBuf bytes = Unpooled.buffer();
        BsonEncoder.encodeDocument(document, bytes);
        return bytes;
    }
}
