package dev.countersign.guard.check;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.canonical.CanonicalJson;
import dev.countersign.canonical.Digest;
import dev.countersign.config.Departments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one look at the API server says of the chart's own policies. Those of others are not our business: what refuses can
 * only refuse more, and whoever may add one that changes objects on their way is not defended against, except by whoever
 * sends the object and looks at what was stored (docs/threat-model.md).
 *
 * @param whole the policies that are as they must be, with their version and time of creation
 * @param problems of policies that guard; empty: all of them are as they must be
 * @param disagreements between the departments' policies and what the admission policies are told of them
 * @param warnings about policies that only fill in, and are not there
 * @param identity of all the policies that are there, altered ones included
 * @param digest over the specs of all the policies that are there, as they are
 */
public record PolicyFingerprint(
        Map<PolicyKey, ObservedPolicy> whole,
        List<String> problems,
        List<String> disagreements,
        List<String> warnings,
        GuardIdentity identity,
        String digest) {

    private static final String DOMAIN = "guard/v1";
    private static final int PATHS_TOLD = 3;
    private static final int NAMESPACES_TOLD = 10;
    private static final String REPAIR =
            "delete it and install the chart of this version again (helm upgrade), and find out who did it";

    public PolicyFingerprint {
        whole = Map.copyOf(whole);
        problems = List.copyOf(problems);
        disagreements = List.copyOf(disagreements);
        warnings = List.copyOf(warnings);
    }

    public static PolicyFingerprint of(ExpectedPolicies expected, Observation found, Departments departments) {
        Map<PolicyKey, ObservedPolicy> live = found.byKey();
        Map<PolicyKey, ObservedPolicy> whole = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        List<String> disagreements = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        expected.specs().forEach((key, spec) -> {
            ObservedPolicy policy = live.get(key);
            if (policy == null) {
                if (key.kind().guards()) {
                    problems.add(key + " is missing: " + REPAIR);
                } else if (found.fills()) {
                    warnings.add(key + " is missing: " + REPAIR);
                }
                return;
            }
            ObjectNode stands = NormalSpec.of(key.kind(), policy.spec());
            NamespaceList.takeOut(stands).forEach((list, namespaces) -> disagreement(key, list, namespaces, departments)
                    .ifPresent(disagreements::add));
            List<String> paths = Differences.between("spec", spec, stands);
            if (paths.isEmpty()) {
                whole.put(key, policy);
            } else {
                // Also one that only fills in: it could fill in anything.
                problems.add(key + " was altered (" + told(paths) + "): " + REPAIR);
            }
        });
        return new PolicyFingerprint(
                whole,
                problems,
                disagreements,
                warnings,
                identity(present(expected, live)),
                digest(present(expected, live)));
    }

    private static String told(List<String> paths) {
        String told = String.join(", ", paths.subList(0, Math.min(PATHS_TOLD, paths.size())));
        return paths.size() > PATHS_TOLD ? told + " and " + (paths.size() - PATHS_TOLD) + " more" : told;
    }

    private static Optional<String> disagreement(
            PolicyKey key, NamespaceList list, SortedSet<String> namespaces, Departments departments) {
        SortedSet<String> wanted = list.of(departments);
        return namespaces.equals(wanted)
                ? Optional.empty()
                : Optional.of(key + ": " + list.variable() + " is " + told(namespaces)
                        + ", but by the departments' policies it is " + told(wanted)
                        + ": wait a minute if departments were just changed, else " + REPAIR);
    }

    private static String told(SortedSet<String> namespaces) {
        SortedSet<String> some = new TreeSet<>();
        namespaces.stream().limit(NAMESPACES_TOLD).forEach(some::add);
        int more = namespaces.size() - some.size();
        return NamespaceList.written(some) + (more > 0 ? " and " + more + " more" : "");
    }

    /** The expected policies that are there, as they are. */
    private static SortedMap<PolicyKey, ObservedPolicy> present(
            ExpectedPolicies expected, Map<PolicyKey, ObservedPolicy> live) {
        SortedMap<PolicyKey, ObservedPolicy> present = new TreeMap<>(live);
        present.keySet().retainAll(expected.specs().keySet());
        return present;
    }

    private static GuardIdentity identity(SortedMap<PolicyKey, ObservedPolicy> present) {
        SortedMap<PolicyKey, Version> versions = new TreeMap<>();
        present.forEach((key, policy) -> versions.put(key, policy.version()));
        return new GuardIdentity(versions);
    }

    private static String digest(SortedMap<PolicyKey, ObservedPolicy> present) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode policies = json.putArray("policies");
        present.forEach((key, policy) -> policies.addObject()
                .put("kind", key.kind().kind())
                .put("name", key.name())
                .set("spec", NormalSpec.of(key.kind(), policy.spec())));
        return Digest.tagged(DOMAIN, CanonicalJson.of(json));
    }
}
