package dev.countersign.guard.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the chart of this very version makes of its policies, in normal form. It comes from the operator's own image:
 * what stands in the cluster cannot vouch for itself.
 */
public final class ExpectedPolicies {

    private static final String PLACEHOLDER = "OPERATOR_NAMESPACE";
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private final SortedMap<PolicyKey, ObjectNode> specs;

    private ExpectedPolicies(SortedMap<PolicyKey, ObjectNode> specs) {
        this.specs = specs;
    }

    /**
     * The policies of these manifests, one document each.
     *
     * @throws IllegalArgumentException if one cannot be read, stands twice, or if none of them guards
     */
    public static ExpectedPolicies of(List<String> manifests, String operatorNamespace) {
        SortedMap<PolicyKey, ObjectNode> specs = new TreeMap<>();
        for (String manifest : manifests) {
            JsonNode document = parse(manifest.replace(PLACEHOLDER, operatorNamespace));
            String kind = document.path("kind").asText();
            PolicyKey key = new PolicyKey(
                    PolicyKind.of(kind)
                            .orElseThrow(() -> new IllegalArgumentException("not an admission policy: " + kind)),
                    document.path("metadata").path("name").asText());
            if (specs.put(key, NormalSpec.of(key.kind(), document.path("spec"))) != null) {
                throw new IllegalArgumentException(key + " stands twice");
            }
        }
        if (specs.keySet().stream().noneMatch(key -> key.kind().guards())) {
            throw new IllegalArgumentException("no policy that guards");
        }
        return new ExpectedPolicies(specs);
    }

    public Set<PolicyKey> keys() {
        return Collections.unmodifiableSet(specs.keySet());
    }

    SortedMap<PolicyKey, ObjectNode> specs() {
        return specs;
    }

    private static JsonNode parse(String manifest) {
        try {
            return YAML.readTree(manifest);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a manifest: " + e.getOriginalMessage(), e);
        }
    }
}
