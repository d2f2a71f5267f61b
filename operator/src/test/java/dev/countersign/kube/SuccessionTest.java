package dev.countersign.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SuccessionTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    private final List<JsonNode> patches = new CopyOnWriteArrayList<>();
    private volatile String holder = "";
    private volatile int conflicts;
    private HttpServer server;
    private KubernetesClient client;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        client = new KubernetesClientBuilder()
                .withHttpClientFactory(new VertxHttpClientFactory())
                .withConfig(new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    @AfterEach
    void end() {
        client.close();
        server.stop(0);
    }

    private void take() throws InterruptedException {
        var terms = new Leadership.Terms(
                "system", "lease", "me", Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
        new Succession(client, terms, Clock.fixed(NOW, ZoneOffset.UTC)).take();
    }

    @Test
    void takesALeaseThatStillRuns() throws Exception {
        holder = "gone";

        take();

        assertThat(patches).hasSize(1);
        var patch = patches.getFirst();
        assertThat(patch.at("/metadata/resourceVersion").asText()).isEqualTo("7");
        assertThat(patch.at("/spec/holderIdentity").asText()).isEqualTo("me");
        assertThat(patch.at("/spec/leaseTransitions").asInt()).isEqualTo(5);
        assertThat(patch.at("/spec/leaseDurationSeconds").asInt()).isEqualTo(15);
        assertThat(patch.at("/spec/renewTime").asText()).startsWith("2026-11-29T12:00:00");
    }

    @Test
    void looksAgainWhenTheLeaseChangedMeanwhile() throws Exception {
        holder = "gone";
        conflicts = 2;

        take();

        assertThat(patches).hasSize(3);
    }

    @Test
    void leavesItsOwnLeaseAlone() throws Exception {
        holder = "me";

        take();

        assertThat(patches).isEmpty();
    }

    @Test
    void leavesTheMakingOfALeaseToTheElection() throws Exception {
        take();

        assertThat(patches).isEmpty();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String lease = """
                {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                 "metadata": {"name": "lease", "namespace": "system", "resourceVersion": "7"},
                 "spec": {"holderIdentity": "%s", "leaseTransitions": 4,
                  "renewTime": "2026-11-29T11:59:59.000000Z"}}""".formatted(holder);
        int code = holder.isEmpty() ? 404 : 200;
        byte[] sent = exchange.getRequestBody().readAllBytes();
        if (exchange.getRequestMethod().equals("PATCH")) {
            patches.add(JSON.readTree(sent));
            code = patches.size() <= conflicts ? 409 : 200;
        }
        String body = code == 200
                ? lease
                : "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"status\": \"Failure\", \"code\": " + code + "}";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
