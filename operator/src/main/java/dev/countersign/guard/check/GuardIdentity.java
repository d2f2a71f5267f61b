package dev.countersign.guard.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.canonical.CanonicalJson;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which very objects guard, in which version of each. As long as it stays the same, nothing about them was changed, not
 * even for a moment.
 *
 * <p>The parameters are part of it as evidence: they have no generation to prove what they were.
 *
 * @param policies the policies and bindings, those that only fill in as well
 * @param parameters absent if there are none
 */
public record GuardIdentity(
        SortedMap<PolicyKey, Version> policies, @Nullable ParametersVersion parameters) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The parameters' ConfigMap; its resource version changes with every write. */
    public record ParametersVersion(String uid, String resourceVersion) {}

    /** Canonical JSON, for the audit log. */
    public String text() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        var list = json.putArray("policies");
        policies.forEach((key, version) -> list.addObject()
                .put("kind", key.kind().kind())
                .put("name", key.name())
                .put("uid", version.uid())
                .put("generation", version.generation()));
        if (parameters != null) {
            json.putObject("parameters")
                    .put("uid", parameters.uid())
                    .put("resourceVersion", parameters.resourceVersion());
        }
        return CanonicalJson.of(json);
    }

    /** The identity whose {@link #text} this is; empty if it is none, such as one of another version. */
    public static Optional<GuardIdentity> parse(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            if (!json.path("policies").isArray()) {
                return Optional.empty();
            }
            SortedMap<PolicyKey, Version> policies = new TreeMap<>();
            for (JsonNode each : json.path("policies")) {
                PolicyKind kind = PolicyKind.of(each.path("kind").asText()).orElseThrow();
                policies.put(
                        new PolicyKey(kind, each.path("name").asText()),
                        new Version(
                                each.path("uid").asText(),
                                each.path("generation").asLong()));
            }
            JsonNode parameters = json.path("parameters");
            return Optional.of(new GuardIdentity(
                    policies,
                    parameters.isObject()
                            ? new ParametersVersion(
                                    parameters.path("uid").asText(),
                                    parameters.path("resourceVersion").asText())
                            : null));
        } catch (JsonProcessingException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
