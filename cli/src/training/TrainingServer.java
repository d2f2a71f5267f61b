import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * Answers the requests of `list` and `show` like an API server, over TLS with client certificates, so that the bundle's
 * start-up cache is trained on all that a real call goes through. Used while the bundle is built and at no other time.
 *
 * <p>java TrainingServer.java STORE PORT-FILE: a PKCS#12 store with password "training"; the port is written to the file.
 * Ends by itself after a minute.
 */
class TrainingServer {
    private static final String TABLE = """
            {"kind": "Table", "columnDefinitions": [{"name": "Name"}, {"name": "Language"}, {"name": "Ready"},
             {"name": "Approved"}, {"name": "Approver"}, {"name": "Age"}, {"name": "Digest"}, {"name": "Expires"}],
             "rows": [{"cells": ["report", "Python", "True", "True", "alice", "1d", "sha256:0", "2027-01-01T00:00:00Z"],
             "object": {"metadata": {"name": "report", "creationTimestamp": "2026-01-01T00:00:00Z"}}}]}""";

    private static final String TEMPLATE = """
            {"apiVersion": "countersign.dev/v1alpha1", "kind": "CodeTemplate",
             "metadata": {"name": "report", "namespace": "training", "uid": "u", "generation": 1},
             "spec": {"language": "Python", "code": "print(1)\\n", "inputs": {"schema": {"type": "object"}},
             "limits": {"memory": "64Mi"}},
             "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "Valid", "message": "",
             "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}""";

    public static void main(String[] args) throws Exception {
        char[] password = "training".toCharArray();
        var store = KeyStore.getInstance(Path.of(args[0]).toFile(), password);
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", TrainingServer::answer);
        server.start();
        Path file = Path.of(args[1]);
        Path whole = file.resolveSibling("port.new");
        Files.writeString(whole, Integer.toString(server.getAddress().getPort()));
        Files.move(whole, file);
        TimeUnit.MINUTES.sleep(1);
        server.stop(0);
        System.exit(0);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String json = path.endsWith("/codetemplates/report")
                ? TEMPLATE
                : path.endsWith("/templateapprovals") ? "{\"items\": []}" : TABLE;
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
