import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Enough of an API server for an operator to start against when there is no cluster: of each kind it has one object or
 * none, every watch is silent, and what is written comes back as it was sent.
 *
 * <p>It serves the making of the start-up cache, never a test. Arguments: a file to write its address to, a directory
 * with the objects, each in PLURAL.json, and a key store with its key.
 */
final class TrainingServer {
    /** /api/v1/... or /apis/GROUP/VERSION/..., with a namespace or without, then the kind's plural and perhaps a name. */
    private static final Pattern RESOURCE =
            Pattern.compile("(/api/v1|/apis/[^/]+/[^/]+)(/namespaces/[^/]+)?/(?<plural>[a-z]+)(?<name>/.+)?");

    /** Of a key that lives as long as the training does. */
    private static final char[] PASSWORD = "training".toCharArray();

    private static final String LIST =
            """
            {"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "1"}, "items": [%s]}""";

    private static final String NOT_FOUND =
            """
            {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}""";

    private TrainingServer() {}

    public static void main(String[] args) throws IOException, GeneralSecurityException {
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(withKeys(Path.of(args[2]))));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> answer(exchange, Path.of(args[1])));
        server.start();
        Files.writeString(Path.of(args[0]), "https://127.0.0.1:" + server.getAddress().getPort());
    }

    private static SSLContext withKeys(Path store) throws IOException, GeneralSecurityException {
        var keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static void answer(HttpExchange exchange, Path objects) throws IOException {
        String sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String query = exchange.getRequestURI().getQuery();
        var path = RESOURCE.matcher(exchange.getRequestURI().getPath());
        Path file = path.matches() ? objects.resolve(path.group("plural") + ".json") : objects.resolve("none");
        String object = Files.exists(file) ? Files.readString(file) : "";
        boolean named = !path.matches() || path.group("name") != null;
        boolean isWatch = query != null && query.contains("watch=true");
        switch (exchange.getRequestMethod()) {
            case "POST", "PUT" -> send(exchange, 201, sent);
            case "GET" -> {
                if (!named && isWatch) {
                    silent(exchange);
                } else if (!named) {
                    send(exchange, 200, LIST.formatted(object));
                } else {
                    send(exchange, object.isEmpty() ? 404 : 200, object.isEmpty() ? NOT_FOUND : object);
                }
            }
            default -> send(exchange, 200, object.isEmpty() ? sent : object);
        }
    }

    // To one who asks for a WebSocket: there is none; it comes again without.
    private static void silent(HttpExchange exchange) throws IOException {
        if (exchange.getRequestHeaders().containsKey("Upgrade")) {
            send(exchange, 200, "{}");
            return;
        }
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().flush();
    }

    private static void send(HttpExchange exchange, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
