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

/**
 * Which very objects guard, in which version of each. As long as it stays the same, nothing about them was changed, not
 * even for a moment.
 *
 * @param policies the policies and bindings, those that only fill in as well
 */
public record GuardIdentity(SortedMap<PolicyKey, Version> policies) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Canonical JSON, for the audit log. */
    public String text() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        var list = json.putArray("policies");
        policies.forEach((key, version) -> list.addObject()
                .put("kind", key.kind().kind())
                .put("name", key.name())
                .put("uid", version.uid())
                .put("generation", version.generation()));
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
            return Optional.of(new GuardIdentity(policies));
        } catch (JsonProcessingException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
