package dev.countersign.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.logging.LogKeys;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /metrics}, {@code /livez} and {@code /readyz} over HTTP, to anybody who reaches the port: no answer
 * holds a secret.
 *
 * <p>A client that sends slowly, or not at all, must not keep a probe waiting: connections are few and end by
 * themselves. The JDK's server takes these bounds from system properties only, read when its first server is made.
 */
public final class HealthServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HealthServer.class);
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

    /** Connections at once, and with them threads. A kubelet and a few Prometheus servers need under ten. */
    static final int MAX_CONNECTIONS = 64;
    /** A whole request, and a whole answer, must take less. */
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final HttpServer server;
    private final ExecutorService threads;

    private HealthServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Starts to serve.
     *
     * @param port 0 for any free one, see {@link #port}
     * @param metrics makes the text of {@code /metrics}
     * @param live checks of {@code /livez}: what only a restart can mend
     * @param ready checks of {@code /readyz}
     * @throws UncheckedIOException if the port is taken
     */
    public static HealthServer start(
            int port, Supplier<String> metrics, List<HealthCheck> live, List<HealthCheck> ready) {
        boundConnections();
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
            ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
            server.setExecutor(threads);
            serve(server, "/metrics", () -> new Answer(200, PROMETHEUS_TEXT, metrics.get()));
            serve(server, "/livez", () -> answer(live));
            serve(server, "/readyz", () -> answer(ready));
            server.createContext("/", exchange -> respond(exchange, new Answer(404, PLAIN_TEXT, "not found\n")));
            server.start();
            return new HealthServer(server, threads);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot serve on port " + port, e);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void boundConnections() {
        setIfAbsent("jdk.httpserver.maxConnections", MAX_CONNECTIONS);
        setIfAbsent("sun.net.httpserver.maxReqTime", TIMEOUT.toSeconds());
        setIfAbsent("sun.net.httpserver.maxRspTime", TIMEOUT.toSeconds());
        setIfAbsent("sun.net.httpserver.maxReqHeaders", 50);
    }

    private static void setIfAbsent(String property, long value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Long.toString(value));
        }
    }

    private static void serve(HttpServer server, String path, Supplier<Answer> handler) {
        server.createContext(path, exchange -> {
            if (!exchange.getRequestURI().getPath().equals(path)) {
                respond(exchange, new Answer(404, PLAIN_TEXT, "not found\n"));
                return;
            }
            if (!exchange.getRequestMethod().equals("GET")) {
                respond(exchange, new Answer(405, PLAIN_TEXT, "only GET\n"));
                return;
            }
            respond(exchange, handle(path, handler));
        });
    }

    private static Answer handle(String path, Supplier<Answer> handler) {
        try {
            return handler.get();
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue(LogKeys.CHECK, path).setCause(e).log("answer could not be made");
            return new Answer(500, PLAIN_TEXT, "internal error\n");
        }
    }

    /** 200 if every check is ok, 503 otherwise; each by name, one a line. */
    private static Answer answer(List<HealthCheck> checks) {
        StringBuilder text = new StringBuilder();
        boolean ok = true;
        for (HealthCheck check : checks) {
            HealthStatus status = ask(check);
            ok &= status.ok();
            text.append(status.ok() ? "ok   " : "FAIL ").append(check.name());
            if (!status.ok()) {
                text.append(": ").append(oneLine(status.reason()));
            }
            text.append('\n');
        }
        text.append(ok ? "ok\n" : "failed\n");
        return new Answer(ok ? 200 : 503, PLAIN_TEXT, text.toString());
    }

    /** A check that cannot answer has failed. */
    private static HealthStatus ask(HealthCheck check) {
        try {
            return check.status().get();
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue(LogKeys.CHECK, check.name()).setCause(e).log("health check threw");
            return HealthStatus.failed(
                    "the check itself failed: " + e.getClass().getSimpleName());
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", "; ");
    }

    private static void respond(HttpExchange exchange, Answer answer) throws IOException {
        try (exchange) {
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.sendResponseHeaders(answer.status(), body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    private record Answer(int status, String contentType, String body) {}
}
