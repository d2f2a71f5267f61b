package dev.countersign.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.guard.check.Observation;
import dev.countersign.guard.check.ObservedPolicy;
import dev.countersign.guard.check.PolicyKey;
import dev.countersign.guard.check.PolicyKind;
import dev.countersign.guard.check.Version;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Reads the chart's admission policies, each by its name: the operator has no right to those of others. As JSON: a typed
 * model would drop the fields it does not know, and such a field may weaken a policy.
 */
final class PolicyReader {

    static final String GROUP = "admissionregistration.k8s.io";
    static final String VERSION = "v1";

    /** Filling policies are newer than refusing ones, and are served as a preview for some versions of Kubernetes. */
    private static final List<String> VERSIONS_THAT_FILL = List.of(VERSION, "v1beta1");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubernetesClient client;
    private final Set<PolicyKey> keys;

    PolicyReader(KubernetesClient client, Set<PolicyKey> keys) {
        this.client = client;
        this.keys = keys;
    }

    /** @throws KubernetesClientException if the API server does not answer, or does not allow it */
    Observation read() {
        Optional<String> fills = versionThatFills();
        // All at once: one after the other they would be most of what a new leader waits for.
        List<CompletableFuture<Optional<ObservedPolicy>>> asked = keys.stream()
                .map(key -> atOnce(() ->
                        (key.kind().guards() ? Optional.of(VERSION) : fills).flatMap(version -> policy(version, key))))
                .toList();
        List<ObservedPolicy> policies = asked.stream()
                .map(PolicyReader::answer)
                .flatMap(Optional::stream)
                .toList();
        return new Observation(policies, fills.isPresent());
    }

    private static <T> CompletableFuture<T> atOnce(Supplier<T> read) {
        return CompletableFuture.supplyAsync(read, Thread::startVirtualThread);
    }

    private static <T> T answer(CompletableFuture<T> read) {
        try {
            return read.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private Optional<String> versionThatFills() {
        for (String version : VERSIONS_THAT_FILL) {
            Optional<JsonNode> resources = get("/apis/" + GROUP + "/" + version);
            if (resources.isPresent()) {
                for (JsonNode resource : resources.get().path("resources")) {
                    if (resource.path("name").asText().equals(PolicyKind.FILLING_POLICY.plural())) {
                        return Optional.of(version);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private Optional<ObservedPolicy> policy(String version, PolicyKey key) {
        return get("/apis/" + GROUP + "/" + version + "/" + key.kind().plural() + "/" + key.name())
                .map(policy -> {
                    JsonNode metadata = policy.path("metadata");
                    return new ObservedPolicy(
                            key,
                            new Version(
                                    metadata.path("uid").asText(),
                                    metadata.path("generation").asLong()),
                            Instant.parse(metadata.path("creationTimestamp").asText()),
                            policy.path("spec"));
                });
    }

    /** Empty if there is no such thing. */
    private Optional<JsonNode> get(String path) {
        try {
            return Optional.of(JSON.readTree(client.raw(path, "GET", null)));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        } catch (JsonProcessingException e) {
            throw new KubernetesClientException("the API server's answer to " + path + " is no JSON", e);
        }
    }
}
