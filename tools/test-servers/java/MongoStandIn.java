import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * A MongoDB stand-in for machines without mongod: mongo-java-server on its H2 backend.
 *
 * <p>Arguments: host, port (0 = any free one), and the file that keeps the data or {@code memory}. Prints one line
 * {@code ready PORT} when it listens. Ends on SIGTERM, and when its standard input closes, so that it does not
 * outlive the process that started it.
 */
public final class MongoStandIn {
    private static final int BOSS_THREADS = 1;
    private static final int WORKER_THREADS = 8;

    private MongoStandIn() {}

    public static void main(String[] args) throws IOException {
        String host = args[0];
        int port = Integer.parseInt(args[1]);
        String file = args[2].equals("memory") ? null : args[2];

        DurableBackend backend = new DurableBackend(file);
        backend.version(new Mongo7());
        MongoServer server = new MongoServer(backend);
        server.bind(new InetSocketAddress(host, port), BOSS_THREADS, WORKER_THREADS);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));

        System.out.println("ready " + server.getLocalAddress().getPort());
        while (System.in.read() != -1) {
            // Only the end of the input means something.
        }
        System.exit(0);
    }

    /** Drivers of today refuse a server below wire version 9; the library itself announces at most 8. */
    private static final class Mongo7 implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(7, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 21;
        }
    }
}
