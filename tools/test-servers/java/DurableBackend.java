import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.h2.H2Collection;
import de.bwaldvogel.mongo.backend.h2.H2Database;
import de.bwaldvogel.mongo.bson.Document;
import io.netty.channel.Channel;
import java.util.Locale;
import java.util.Set;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * The H2 backend, but a write is committed before it is acknowledged, as mongod does with its journal. Left alone, H2
 * commits once a second: a killed server forgets writes that it had acknowledged, or finds an index entry without its
 * document. So writes pass one at a time, and nothing else commits.
 */
final class DurableBackend extends H2Backend {
    private static final Set<String> WRITES = Set.of(
        "insert", "update", "delete", "findandmodify", "create", "createindexes",
        "drop", "dropdatabase", "dropindexes", "deleteindexes", "renamecollection");
    private static final int COMMITS_BETWEEN_COMPACTIONS = 500;
    private static final int COMPACT_BELOW_PERCENT = 50;
    private static final int COMPACT_BYTES = 16 * 1024 * 1024;

    private final Object writing = new Object();
    private int commits;

    /** Takes the file that keeps the data, or null to keep it in memory. */
    DurableBackend(String file) {
        // Few documents in a page, for a page is written whole and documents may have 16 MB.
        super(new MVStore.Builder().fileName(file).autoCommitDisabled().cacheSize(4).keysPerPage(4).open());
        getMvStore().setRetentionTime(10_000);
    }

    @Override
    public Document handleCommand(Channel channel, String database, String command, Document query) {
        if (isInMemory() || !WRITES.contains(command.toLowerCase(Locale.ROOT))) {
            return super.handleCommand(channel, database, command, query);
        }
        synchronized (writing) {
            try {
                return super.handleCommand(channel, database, command, query);
            } finally {
                commit();
                commits++;
                if (commits % COMMITS_BETWEEN_COMPACTIONS == 0) {
                    getMvStore().compact(COMPACT_BELOW_PERCENT, COMPACT_BYTES);
                }
            }
        }
    }

    @Override
    protected MongoDatabase openOrCreateDatabase(String name) {
        MVStore store = getMvStore();
        // Anonymous, because H2Database opens its collections in its constructor: a captured variable is set by then,
        // a field would not be.
        return new H2Database(name, store, getCursorRegistry()) {
            @Override
            protected MongoCollection<Object> openOrCreateCollection(String collection, CollectionOptions options) {
                String fullName = name + "." + collection;
                MVMap<Object, Document> documents = store.openMap(
                    "databases." + fullName,
                    new MVMap.Builder<Object, Document>().valueType(new BsonDocumentType()));
                MVMap<String, Object> meta = store.openMap("meta." + fullName);
                return new H2Collection(this, collection, options, documents, meta, cursorRegistry);
            }
        };
    }
}
