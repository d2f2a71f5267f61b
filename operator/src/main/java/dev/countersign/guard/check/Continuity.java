package dev.countersign.guard.check;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Since when the policies have stood without a break, as far as that is proven.
 *
 * <p>Three proofs count. An object of generation 1 has never had another spec since the API server created it. An
 * object seen whole twice in the same version, or in two versions that follow each other, was whole in between. And what
 * the audit log says was seen before a restart was seen. Whatever else may have happened unseen is taken for a break.
 *
 * <p>The instants are the operator's clock or the API server's, so all of them get a margin.
 */
public final class Continuity {

    /**
     * For the difference between the clocks, for creation times in whole seconds, and for the time that API servers take
     * to put a changed policy into effect.
     */
    public static final Duration MARGIN = Duration.ofSeconds(5);

    /** Later than anything: what is to be proven is not proven yet. */
    public static final Instant NEVER = Instant.MAX;

    private record Stand(Version version, Instant since) {}

    private final Map<PolicyKey, Stand> stands = new HashMap<>();
    /** By namespace of a department: where forgeries were seen refused later than elsewhere; {@link #NEVER}: not yet. */
    private final Map<String, Instant> later = new HashMap<>();

    private Instant refusingSince = Instant.MIN;
    private boolean letsForgeriesIn;
    private @Nullable Instant since;

    /**
     * Takes over what an earlier operator has seen and recorded. Nothing counts from before, whatever the objects' own
     * history says: forgeries may have been let in while not one of them was touched.
     *
     * @param since as it was recorded: the margin is in it
     * @param later as {@link #later} said
     */
    public void resume(GuardIdentity identity, Instant since, Map<String, Instant> later) {
        refusingSince = since;
        this.later.putAll(later);
        identity.policies().forEach((key, version) -> stands.put(key, new Stand(version, since)));
    }

    /** An earlier operator has left the guard broken, and nobody has seen since when it was whole again. */
    public void resumeBroken() {
        letsForgeriesIn = true;
    }

    /**
     * A look at the policies.
     *
     * @param required all that must be there
     * @param whole those that are there and as they must be
     * @param now the operator's clock, read after the look
     */
    public void looked(Set<PolicyKey> required, Collection<ObservedPolicy> whole, Instant now) {
        Map<PolicyKey, Stand> before = Map.copyOf(stands);
        stands.clear();
        for (ObservedPolicy policy : whole) {
            if (required.contains(policy.key())) {
                stands.put(policy.key(), stand(policy, before.get(policy.key()), now));
            }
        }
        since = stands.keySet().containsAll(required)
                ? stands.values().stream()
                        .map(Stand::since)
                        .max(Instant::compareTo)
                        .orElse(Instant.MIN)
                : null;
    }

    /**
     * No forgery was let in.
     *
     * <p>Where some could not be tried that is no proof. It is no break either; but after one, such a department goes on
     * being in doubt, alone, until forgeries are refused there too.
     *
     * @param held namespaces of the departments in which all were refused as they must be
     * @param untried of those in which some could not be tried
     */
    public void refused(Set<String> held, Set<String> untried, Instant now) {
        if (letsForgeriesIn) {
            if (held.isEmpty() && !untried.isEmpty()) {
                // Nobody has seen a single rule refuse again.
                return;
            }
            letsForgeriesIn = false;
            refusingSince = now.plus(MARGIN);
            held.forEach(later::remove);
            untried.forEach(namespace -> later.put(namespace, NEVER));
            return;
        }
        held.forEach(namespace -> later.replace(namespace, NEVER, now.plus(MARGIN)));
    }

    /** A forgery was let in, or refused for another reason than it must be. */
    public void letIn() {
        letsForgeriesIn = true;
    }

    /** The instant from which on what was created was guarded; empty: nothing is now. */
    public Optional<Instant> since() {
        if (since == null || letsForgeriesIn) {
            return Optional.empty();
        }
        return Optional.of(since.isAfter(refusingSince) ? since : refusingSince);
    }

    /** The same for objects in the namespace of this department. */
    public Optional<Instant> since(String namespace) {
        Instant own = later.getOrDefault(namespace, Instant.MIN);
        return own.equals(NEVER) ? Optional.empty() : since().map(each -> each.isAfter(own) ? each : own);
    }

    /** The departments, by namespace, that are guarded only from a later instant on; {@link #NEVER}: not yet. */
    public SortedMap<String, Instant> later() {
        SortedMap<String, Instant> those = new TreeMap<>(later);
        those.values()
                .removeIf(own -> since().filter(each -> !own.isAfter(each)).isPresent());
        return those;
    }

    private static Stand stand(ObservedPolicy policy, @Nullable Stand before, Instant now) {
        Version version = policy.version();
        if (version.generation() == 1) {
            return new Stand(version, policy.created().plus(MARGIN));
        }
        return new Stand(version, before != null && follows(version, before.version) ? before.since : now.plus(MARGIN));
    }

    private static boolean follows(Version version, Version before) {
        long steps = version.generation() - before.generation();
        return version.uid().equals(before.uid()) && (steps == 0 || steps == 1);
    }
}
