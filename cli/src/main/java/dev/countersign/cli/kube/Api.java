package dev.countersign.cli.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the API server, as the caller.
 *
 * <p>Each method throws {@link ApiError} when the server answers with an error, and {@link Trouble} of the platform's
 * kind when there is no answer.
 */
public final class Api implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int TOO_MANY = 429;
    private static final int ATTEMPTS = 4;
    private static final int LONGEST_PAUSE_SECONDS = 5;
    private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
    private static final String MERGE_PATCH = "application/merge-patch+json";
    private static final String JSON = "application/json";

    private final Access access;
    private final HttpClient client;

    private Api(Access access, Map<String, String> environment) {
        this.access = access;
        var builder = HttpClient.newBuilder()
                // One or two requests a command: measured no slower than HTTP/2, and half the classes to start.
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .proxy(ProxyOf.of(access, environment));
        if ("https".equals(access.server().getScheme())) {
            builder.sslContext(Tls.context(access));
        }
        this.client = builder.build();
    }

    /** As the caller's kubeconfig and choice say. */
    public static Api of(Choice choice, Map<String, String> environment) {
        return new Api(new AccessFinder(choice, environment).find(), environment);
    }

    /** The namespace to look into. */
    public String namespace() {
        return access.namespace();
    }

    public URI server() {
        return access.server();
    }

    public JsonNode get(String path) {
        return joined(getSoon(path));
    }

    public CompletableFuture<JsonNode> getSoon(String path) {
        return send(request(path, ANSWER).header("Accept", JSON).GET().build());
    }

    /** A list as the server's own table of it: columns and cells, without the objects, however large those are. */
    public CompletableFuture<JsonNode> tableSoon(String path) {
        String sparse = path + (path.contains("?") ? "&" : "?") + "includeObject=Metadata";
        return send(request(sparse, ANSWER).header("Accept", TABLE).GET().build());
    }

    public JsonNode create(String path, JsonNode object) {
        return joined(createSoon(path, object));
    }

    public CompletableFuture<JsonNode> createSoon(String path, JsonNode object) {
        return send(request(path, ANSWER)
                .header("Accept", JSON)
                .header("Content-Type", JSON)
                .POST(BodyPublishers.ofString(object.toString()))
                .build());
    }

    /** Changes what the JSON merge patch says. */
    public JsonNode patch(String path, JsonNode patch) {
        return joined(send(request(path, ANSWER)
                .header("Accept", JSON)
                .header("Content-Type", MERGE_PATCH)
                .method("PATCH", BodyPublishers.ofString(patch.toString()))
                .build()));
    }

    /** The text of a page that is no JSON, such as metrics. */
    public String text(String path) {
        HttpResponse<String> response =
                sent(request(path, ANSWER).GET().build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() != 200) {
            throw error(response.statusCode(), response.body().getBytes(StandardCharsets.UTF_8));
        }
        return response.body();
    }

    /**
     * Follows the changes of one object until one of them is what is waited for.
     *
     * @param collection path of the kind in its namespace
     * @param wanted sees each state of the object, the present one first; true ends the wait
     * @return the state that was wanted, or null when the time is over
     * @throws Trouble when the object is deleted meanwhile
     */
    public @Nullable JsonNode await(String collection, String name, Duration most, Predicate<JsonNode> wanted) {
        return new Wait(this, collection, name, most, wanted).result();
    }

    /** The lines of a watch; they end when the server ends it. */
    HttpResponse<InputStream> watch(String path, Duration most) {
        var request =
                request(path, most.plus(ANSWER)).header("Accept", JSON).GET().build();
        HttpResponse<InputStream> response = sent(request, BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            try (InputStream body = response.body()) {
                throw error(response.statusCode(), body.readAllBytes());
            } catch (IOException e) {
                throw unreachable(e);
            }
        }
        return response;
    }

    /** The result of a request that was sent earlier. */
    public static <T> T joined(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private HttpRequest.Builder request(String path, Duration timeout) {
        String base = access.server().toString();
        var request = HttpRequest.newBuilder(
                        URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path))
                .timeout(timeout)
                .header("User-Agent", "kubectl-countersign");
        access.headers().forEach((name, values) -> values.forEach(value -> request.header(name, value)));
        return request;
    }

    private CompletableFuture<JsonNode> send(HttpRequest request) {
        return answer(request, 1).handle((response, failure) -> {
            if (response == null) {
                throw unreachable(failure);
            }
            if (response.statusCode() / 100 != 2) {
                throw error(response.statusCode(), response.body());
            }
            try {
                return Json.read(response.body());
            } catch (IOException e) {
                throw Trouble.platform(
                                "what " + access.server() + " answered is not JSON",
                                "check that the kubeconfig's server is a Kubernetes API server")
                        .because(e);
            }
        });
    }

    // "Too many requests" means that nothing was done; the server says when to come again.
    private CompletableFuture<HttpResponse<byte[]>> answer(HttpRequest request, int attempt) {
        return client.sendAsync(request, BodyHandlers.ofByteArray()).thenCompose(response -> {
            if (response.statusCode() != TOO_MANY || attempt >= ATTEMPTS) {
                return CompletableFuture.completedFuture(response);
            }
            long seconds = Math.clamp(
                    response.headers().firstValueAsLong("Retry-After").orElse(1), 1, LONGEST_PAUSE_SECONDS);
            var later = CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS);
            return CompletableFuture.supplyAsync(() -> request, later).thenCompose(same -> answer(same, attempt + 1));
        });
    }

    private <T> HttpResponse<T> sent(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return client.send(request, handler);
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(e);
        }
    }

    private ApiError error(int code, byte[] body) {
        try {
            JsonNode status = Json.read(body);
            if (status.path("kind").asText().equals("Status")) {
                return new ApiError(
                        code,
                        status.path("reason").asText(),
                        status.path("message").asText());
            }
        } catch (IOException e) {
            return new ApiError(code, "", "HTTP " + code);
        }
        return new ApiError(code, "", "HTTP " + code);
    }

    Trouble unreachable(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String why;
        if (cause instanceof SSLException) {
            why = "its certificate is not one that the kubeconfig trusts, or it did not take ours ("
                    + cause.getMessage() + ")";
        } else if (cause instanceof ConnectException) {
            why = "nothing answers there";
        } else {
            String message = cause.getMessage();
            why = message == null ? cause.getClass().getSimpleName() : message;
        }
        return Trouble.platform(
                        "the API server " + access.server() + " cannot be reached: " + why,
                        "check the context (kubectl config current-context) and whether kubectl version answers")
                .because(cause);
    }

    @Override
    public void close() {
        // Not close(): it waits for connections to become idle, and nothing is waited for here.
        client.shutdownNow();
    }
}
