package dev.countersign.sandbox.pod;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Whether the API server stored the pod that was asked for. A mutating webhook may change any pod, such as one that puts a
 * proxy beside each: what it adds would run with the code, or reach it.
 *
 * <p>All that was asked for must be as it was, and what came to it must be one of the fields that the API server itself
 * fills in. A field that is not known here is a difference.
 */
public final class PodAsWanted {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_TOLD = 5;

    /**
     * Filled in by the API server's defaults, and its plugins for service accounts, priorities, tolerations and
     * RuntimeClasses; by path below {@code spec}. The last put there what the node needs.
     */
    private static final Set<String> FILLED_IN = Set.of(
            "schedulerName",
            "serviceAccount",
            "serviceAccountName",
            "imagePullSecrets",
            "priority",
            "priorityClassName",
            "preemptionPolicy",
            "tolerations",
            "nodeSelector",
            "overhead",
            "nodeName",
            "containers[0].terminationMessagePath",
            "containers[0].terminationMessagePolicy",
            "containers[0].imagePullPolicy");

    /** Where the API's own form leaves out what is false. For other fields absence is not the same as false. */
    private static final String FALSE_IF_ABSENT = "containers[0].tty";

    /** Annotations can be orders to a runtime or a network plugin; those of Kubernetes' own admission plugins are none. */
    private static final String OWN_ANNOTATIONS = "kubernetes.io/";

    /** What containerd hands on to gVisor's shim. */
    private static final String ORDERS_TO_GVISOR = "dev.gvisor.";

    private PodAsWanted() {}

    /**
     * What the API server made of the pod that was asked for, as it answered.
     *
     * @return the differences, for people, at most five; empty if there is none
     */
    public static List<String> atCreation(Pod wanted, Pod stored) {
        return differences(wanted, stored, key -> !key.startsWith(OWN_ANNOTATIONS));
    }

    /**
     * What has become of it by the time that its container runs. Network plugins have noted addresses on it by then, each
     * under names of its own; what would be an order to the runtime is none of theirs.
     */
    public static List<String> onceRunning(Pod wanted, Pod running) {
        return differences(wanted, running, key -> key.startsWith(ORDERS_TO_GVISOR));
    }

    private static List<String> differences(Pod wanted, Pod stored, Predicate<String> annotations) {
        List<String> found = new ArrayList<>();
        compare("", JSON.valueToTree(wanted.getSpec()), JSON.valueToTree(stored.getSpec()), found);
        annotations(stored).stream()
                .filter(key -> !annotations(wanted).contains(key))
                .filter(annotations)
                .sorted()
                .forEach(key -> found.add("annotation " + key + " was added"));
        return found.size() <= MOST_TOLD ? found : List.copyOf(found.subList(0, MOST_TOLD));
    }

    private static Set<String> annotations(Pod pod) {
        Map<String, String> all = pod.getMetadata().getAnnotations();
        return all == null ? Set.of() : all.keySet();
    }

    private static void compare(String path, JsonNode wanted, JsonNode stored, List<String> found) {
        if (wanted.isObject() && stored.isObject()) {
            fields(path, wanted, stored, found);
        } else if (wanted.isArray() && stored.isArray()) {
            elements(path, wanted, stored, found);
        } else if (!same(wanted, stored) && !(path.equals(FALSE_IF_ABSENT) && isNothing(wanted) && isNothing(stored))) {
            found.add("spec." + path + " is " + told(stored) + " instead of " + told(wanted));
        }
    }

    private static void fields(String path, JsonNode wanted, JsonNode stored, List<String> found) {
        for (Iterator<Map.Entry<String, JsonNode>> each = wanted.fields(); each.hasNext(); ) {
            var field = each.next();
            compare(below(path, field.getKey()), field.getValue(), stored.path(field.getKey()), found);
        }
        for (Iterator<Map.Entry<String, JsonNode>> each = stored.fields(); each.hasNext(); ) {
            var field = each.next();
            String at = below(path, field.getKey());
            if (!wanted.has(field.getKey()) && !FILLED_IN.contains(at) && !isNothing(field.getValue())) {
                found.add("spec." + at + " was added: " + told(field.getValue()));
            }
        }
    }

    private static void elements(String path, JsonNode wanted, JsonNode stored, List<String> found) {
        if (wanted.size() != stored.size()) {
            found.add("spec." + path + " has " + stored.size() + " entries instead of " + wanted.size());
            return;
        }
        for (int i = 0; i < wanted.size(); i++) {
            compare(path + "[" + i + "]", wanted.get(i), stored.get(i), found);
        }
    }

    private static String below(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    // Quantities may come back in another form of the same amount.
    private static boolean same(JsonNode wanted, JsonNode stored) {
        if (wanted.equals(stored)) {
            return true;
        }
        if (!wanted.isTextual() || !stored.isTextual()) {
            return false;
        }
        try {
            return new Quantity(wanted.asText())
                            .getNumericalAmount()
                            .compareTo(new Quantity(stored.asText()).getNumericalAmount())
                    == 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    // What an absent field means too.
    private static boolean isNothing(JsonNode node) {
        return node.isMissingNode()
                || node.isNull()
                || (node.isContainerNode() && node.isEmpty())
                || (node.isBoolean() && !node.asBoolean());
    }

    private static String told(JsonNode node) {
        final int most = 80;
        String text = node.isMissingNode() ? "absent" : node.toString();
        return text.length() <= most ? text : text.substring(0, most) + "...";
    }
}
