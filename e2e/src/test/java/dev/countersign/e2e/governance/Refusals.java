package dev.countersign.e2e.governance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** What the operator makes of an object that was admitted and should not count. */
final class Refusals {
    /** Enough for an operator that looks after the guard once a minute. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final ObjectMapper JSON = new ObjectMapper();

    private Refusals() {}

    /** Waits for the reason that the operator gives for good; fails where it gives none, or lets the object count. */
    static String of(KubernetesClient admin, HasMetadata object) {
        try {
            return Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> reason(admin, object, List.of("False")), Optional::isPresent)
                    .orElseThrow();
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "the operator says nothing of " + admin.resource(object).get(), e);
        }
    }

    /** Waits until it gives this one; for good, or as long as the guard is not intact. */
    static void await(KubernetesClient admin, HasMetadata object, String reason) {
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() ->
                            reason(admin, object, List.of("False", "Unknown")).equals(Optional.of(reason)));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "not " + reason + ": " + admin.resource(object).get(), e);
        }
    }

    private static Optional<String> reason(KubernetesClient admin, HasMetadata object, List<String> statuses) {
        JsonNode now = JSON.valueToTree(admin.resource(object).get());
        String type =
                switch (now.path("kind").asText()) {
                    case "TemplateApproval" -> "Ready";
                    case "ExecutionApproval" -> "Authorized";
                    default -> "Succeeded";
                };
        for (JsonNode condition : now.at("/status/conditions")) {
            if (condition.path("type").asText().equals(type)
                    && statuses.contains(condition.path("status").asText())) {
                return Optional.of(condition.path("reason").asText());
            }
        }
        return Optional.empty();
    }
}
