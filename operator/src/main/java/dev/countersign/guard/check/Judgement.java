package dev.countersign.guard.check;

import dev.countersign.config.Department;
import dev.countersign.config.Departments;
import dev.countersign.guard.GuardState;
import dev.countersign.guard.GuardStates;
import dev.countersign.guard.Mode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the looks at the policies and the forgeries sent come to. For one thread.
 *
 * <p>Three things make the guard broken: policies that are not as they must be, forgeries that are not refused, and not
 * knowing. Only the first two move {@link GuardState#since}: while the API server could not be asked, the policies were
 * what their versions prove them to have been. Nor do lists of namespaces that disagree with the departments, as they do for a minute
 * after each change of a department: the operator judges by itself who approves what.
 *
 * <p>All that breaks it everywhere, but for forgeries of one department that could not be tried: whoever rules in its
 * namespaces can bring that about, so it concerns that department alone.
 */
public final class Judgement {

    private static final int PROBLEMS_TOLD = 20;

    private final ExpectedPolicies expected;
    private final Set<PolicyKey> guarding;
    private final Continuity continuity;

    private @Nullable PolicyFingerprint fingerprint;
    private @Nullable Departments departments;
    private @Nullable String notSeen = "the admission policies have not been looked at yet: wait a few seconds";
    private @Nullable ProbeRound probes;
    /** Counts what was found that a round of forgeries begun before it says nothing of. */
    private int epoch;

    public Judgement(ExpectedPolicies expected, Continuity continuity) {
        this.expected = expected;
        this.continuity = continuity;
        this.guarding = expected.specs().keySet().stream()
                .filter(key -> key.kind().guards())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * A look at the API server.
     *
     * @param now the operator's clock, read after the look
     * @return whether forgeries must be sent anew
     */
    public boolean looked(Observation found, Departments departments, Instant now) {
        PolicyFingerprint before = fingerprint;
        PolicyFingerprint next = PolicyFingerprint.of(expected, found, departments);
        fingerprint = next;
        notSeen = null;
        continuity.looked(required(found), next.whole().values(), now);
        if (!next.problems().isEmpty() || !next.disagreements().isEmpty()) {
            // What was refused, or not, meanwhile says nothing of the policies once they are right again.
            probes = null;
            epoch++;
            return false;
        }
        boolean news =
                before == null || !before.identity().equals(next.identity()) || !departments.equals(this.departments);
        this.departments = departments;
        if (news) {
            epoch++;
        }
        return news || probes == null;
    }

    // One that only fills in may be missing. If it is there it must be as it is meant to be, and have been so: it could
    // fill in what nobody has sent.
    private Set<PolicyKey> required(Observation found) {
        var required = new HashSet<>(expected.specs().keySet());
        required.retainAll(found.byKey().keySet());
        required.addAll(guarding);
        return required;
    }

    /** Whether forgeries would say anything now. */
    public boolean canBeTried() {
        return notSeen == null
                && fingerprint != null
                && fingerprint.problems().isEmpty()
                && fingerprint.disagreements().isEmpty();
    }

    /** A look was not possible. */
    public void notSeen(String problem) {
        notSeen = problem;
    }

    /** To be given to {@link #probed} with the round that begins now. */
    public int epoch() {
        return epoch;
    }

    /**
     * A round of forgeries is over.
     *
     * @param begun {@link #epoch} when it began
     * @return whether it counts: if not, forgeries must be sent anew
     */
    public boolean probed(ProbeRound round, int begun, Instant now) {
        if (begun != epoch) {
            return false;
        }
        probes = round;
        switch (round) {
            case ProbeRound.Refused refused -> continuity.refused(refused.held(), refused.untried(), now);
            case ProbeRound.Broken broken -> continuity.letIn();
            case ProbeRound.Unanswered unanswered -> {}
        }
        return true;
    }

    /** Which objects guard now; empty until the first look. */
    public Optional<GuardIdentity> identity() {
        return Optional.ofNullable(fingerprint).map(PolicyFingerprint::identity);
    }

    /** The departments that are guarded from a later instant on than the others, see {@link Continuity#later}. */
    public SortedMap<String, Instant> later() {
        return continuity.later();
    }

    public GuardStates states() {
        PolicyFingerprint print = fingerprint;
        List<String> problems = new ArrayList<>();
        if (notSeen != null) {
            problems.add(notSeen);
        }
        if (print != null) {
            problems.addAll(print.problems());
            problems.addAll(print.disagreements());
        }
        if (problems.isEmpty()) {
            problems.addAll(ofProbes());
        }
        String digest = print == null ? "" : print.digest();
        Instant since = continuity.since().orElse(null);
        if (problems.isEmpty() && since != null && print != null) {
            return new GuardStates(
                    new GuardState(true, print.warnings(), digest, since, Mode.ENFORCE), ofDepartments(print));
        }
        return new GuardStates(broken(problems, digest), Collections.emptySortedMap());
    }

    // A department that no round has seen yet has not been tried, whatever was found in the others.
    private SortedMap<String, GuardState> ofDepartments(PolicyFingerprint print) {
        SortedMap<String, GuardState> states = new TreeMap<>();
        if (probes instanceof ProbeRound.Refused refused && departments != null) {
            for (Department department : departments.all()) {
                List<String> problems =
                        refused.departments().getOrDefault(department.namespace(), List.of(notTried(department)));
                Optional<Instant> since = continuity.since(department.namespace());
                states.put(
                        department.namespace(),
                        problems.isEmpty() && since.isPresent()
                                ? new GuardState(true, print.warnings(), print.digest(), since.get(), Mode.ENFORCE)
                                : broken(problems, print.digest()));
            }
        }
        return states;
    }

    private static String notTried(Department department) {
        return "the admission policies have not been tried in department " + department.name()
                + " yet: wait a few seconds";
    }

    private static GuardState broken(List<String> problems, String digest) {
        return new GuardState(false, told(problems), digest, Instant.MAX, Mode.ENFORCE);
    }

    /** Many departments with one mistake have many problems; a record and a condition have room for some. */
    private static List<String> told(List<String> problems) {
        if (problems.size() <= PROBLEMS_TOLD) {
            return problems;
        }
        List<String> told = new ArrayList<>(problems.subList(0, PROBLEMS_TOLD));
        told.add("and " + (problems.size() - PROBLEMS_TOLD) + " more problems like these");
        return told;
    }

    private List<String> ofProbes() {
        return switch (probes) {
            case null -> List.of("the admission policies have not been tried yet: wait a few seconds");
            // After forgeries were let in, it takes one department at least in which they are refused again.
            case ProbeRound.Refused refused ->
                continuity.since().isPresent()
                        ? List.of()
                        : refused.departments().values().stream()
                                .flatMap(List::stream)
                                .toList();
            case ProbeRound.Broken broken -> broken.problems();
            case ProbeRound.Unanswered unanswered -> List.of(unanswered.problem());
        };
    }
}
