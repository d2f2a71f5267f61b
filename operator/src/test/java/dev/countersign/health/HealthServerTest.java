package dev.countersign.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HealthServerTest {

    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicReference<HealthStatus> audit = new AtomicReference<>(HealthStatus.healthy());
    private HealthServer server;

    @BeforeEach
    void start() {
        server = HealthServer.start(
                0,
                () -> "countersign_build_info 1\n",
                List.of(new HealthCheck("process", HealthStatus::healthy)),
                List.of(new HealthCheck("audit", audit::get), new HealthCheck("departments", HealthStatus::healthy)));
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path);
    }

    @Test
    void readyNamesEveryCheck() throws Exception {
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").body()).isEqualTo("ok   audit\nok   departments\nok\n");
    }

    @Test
    void oneFailedCheckIsEnoughAndSaysWhy() throws Exception {
        audit.set(HealthStatus.failed("No space left\non device"));

        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("FAIL audit: No space left; on device\nok   departments\nfailed\n");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void aCheckThatThrowsHasFailedAndKeepsItsMessage() throws Exception {
        try (HealthServer broken = HealthServer.start(
                0,
                () -> {
                    throw new IllegalStateException("secret");
                },
                List.of(new HealthCheck("broken", () -> {
                    throw new IllegalStateException("secret");
                })),
                List.of())) {
            server.close();
            server = broken;

            assertThat(get("/livez").statusCode()).isEqualTo(503);
            assertThat(get("/livez").body()).contains("FAIL broken").doesNotContain("secret");
            assertThat(get("/metrics").statusCode()).isEqualTo(500);
            assertThat(get("/metrics").body()).doesNotContain("secret");
        }
    }

    @Test
    void metricsAreServedAsPrometheusReadsThem() throws Exception {
        HttpResponse<String> response = get("/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body()).isEqualTo("countersign_build_info 1\n");
    }

    @Test
    void nothingElseIsServed() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/metrics/../etc").statusCode()).isEqualTo(404);
        assertThat(get("/livezz").statusCode()).isEqualTo(404);
        assertThat(send("POST", "/livez").statusCode()).isEqualTo(405);
    }

    @Test
    void aPortThatIsTakenIsSaid() {
        assertThatThrownBy(() -> HealthServer.start(server.port(), () -> "", List.of(), List.of()))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(Integer.toString(server.port()));
    }

    /** More slow clients than connections: their requests are cut off, and the probe gets its turn. */
    @Test
    void clientsThatNeverFinishTheirRequestsDoNotBlockAProbe() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                socket.getOutputStream().write("GET /livez HTTP/1.1\r\nHost:".getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
                slow.add(socket);
            }
            long begin = System.nanoTime();

            assertThat(get("/livez").statusCode()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
            // Cut off by the server, not by us.
            Socket first = slow.getFirst();
            first.setSoTimeout(20_000);
            assertThat(first.getInputStream().read()).isEqualTo(-1);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }
}
