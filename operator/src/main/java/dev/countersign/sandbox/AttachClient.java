package dev.countersign.sandbox;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Opens attach streams, each with one request: the cluster client's own attach lists the pod first, which takes the API
 * server up to 100 ms after a write, and sends no pings.
 */
public final class AttachClient implements AttachStream.Opener, AutoCloseable {
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);

    /** Below what load balancers and network address translation keep of a silent connection. */
    private static final Duration PING_EVERY = Duration.ofSeconds(20);

    private static final Path TOKEN = Path.of(Config.KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH);

    private final Config cluster;
    private final String container;
    private final HttpClient http;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("attach-pings").factory());

    /** @throws IllegalStateException the cluster's certificates cannot be read */
    public AttachClient(Config cluster, String container) {
        this.cluster = cluster;
        this.container = container;
        try {
            this.http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(OPEN_TIMEOUT)
                    .sslContext(SSLUtils.sslContext(cluster))
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .build();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the cluster's certificates cannot be read", e);
        }
    }

    @Override
    public AttachStream open(PodWatch.PodKey pod, Consumer<byte[]> stdout) throws IOException, InterruptedException {
        var stream = new AttachSocket(stdout, PING_EVERY, timer);
        var builder = http.newWebSocketBuilder().subprotocols(AttachSocket.PROTOCOL);
        token().ifPresent(token -> builder.header("Authorization", "Bearer " + token));
        var opening = builder.buildAsync(uri(pod), stream);
        try {
            opening.get(OPEN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return stream;
        } catch (ExecutionException e) {
            throw new IOException("cannot attach to " + pod.name() + ": " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IOException("cannot attach to " + pod.name() + " in time", e);
        } finally {
            if (!opening.isDone() || opening.isCompletedExceptionally()) {
                // Whoever opens late must not hold a pod's one stream unseen.
                opening.thenAccept(late -> late.abort());
                stream.close();
            }
        }
    }

    private URI uri(PodWatch.PodKey pod) {
        String base = cluster.getMasterUrl().replaceFirst("^http", "ws").replaceFirst("/$", "");
        return URI.create(base + "/api/v1/namespaces/" + pod.namespace() + "/pods/" + pod.name() + "/attach?container="
                + container + "&stdin=true&stdout=true&stderr=false&tty=false");
    }

    // The kubelet writes a new token into the file long before the one in it expires.
    private Optional<String> token() throws IOException {
        var provider = cluster.getOauthTokenProvider();
        if (provider != null) {
            return Optional.ofNullable(provider.getToken());
        }
        if (cluster.getOauthToken() != null) {
            return Optional.of(cluster.getOauthToken());
        }
        if (cluster.getAutoOAuthToken() == null) {
            return Optional.empty();
        }
        return Optional.of(Files.isReadable(TOKEN) ? Files.readString(TOKEN).strip() : cluster.getAutoOAuthToken());
    }

    @Override
    public void close() {
        timer.shutdownNow();
        http.shutdownNow();
    }
}
