package dev.countersign.approval;

import dev.countersign.api.Reason;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What one approval is worth, at one instant. Pure.
 *
 * <p>Two things make it count: that it is right now (who approved, what, for how long), and that the log says that it
 * was accepted while the guard stood. The first is looked at anew each time, because templates change; the second is
 * decided once.
 *
 * @param reason why, or why not
 * @param message for people, with what to do next
 */
public record Standing(Worth worth, Reason reason, String message) {

    /** What follows from it. */
    public enum Worth {
        /** A run may rest on it. */
        COUNTS,
        /** It keeps the template, or the run, from running. */
        DENIES,
        /** It will count as soon as that is on record. */
        ACCEPTABLE,
        /** It may become acceptable as soon as something else is on record. */
        WAITING,
        /** It would count, but the guard does not stand at the moment. */
        SUSPENDED,
        /** It is worth nothing. */
        REFUSED
    }

    /** Judges an approval of a template against that template as it is now; empty: there is none of that name. */
    public static Standing of(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms) {
        return of(observed, live, terms, EnumSet.allOf(ApprovalRule.class));
    }

    /** As if there were these rules only: what shows that none of them is idle. */
    static Standing of(ObservedApproval observed, Optional<LiveTemplate> live, Terms terms, Set<ApprovalRule> rules) {
        return rules.stream()
                .sorted()
                .map(rule -> rule.against(observed, live, terms))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseGet(() -> new Standing(
                        Worth.COUNTS,
                        Reason.Approved,
                        "approved by "
                                + observed.approval()
                                        .getSpec()
                                        .grant()
                                        .approvedBy()
                                        .username() + " until "
                                + observed.expiry()));
    }

    /** Judges an approval of one run against that run as it is now. */
    public static Standing of(ObservedRunApproval observed, LiveRun run, Terms terms) {
        return of(observed, run, terms, EnumSet.allOf(RunApprovalRule.class));
    }

    /** As if there were these rules only. */
    static Standing of(ObservedRunApproval observed, LiveRun run, Terms terms, Set<RunApprovalRule> rules) {
        return rules.stream()
                .sorted()
                .map(rule -> rule.against(observed, run, terms))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseGet(() -> new Standing(
                        Worth.COUNTS,
                        Reason.Accepted,
                        "approved by "
                                + observed.approval().getSpec().approvedBy().username()));
    }

    /** Whether a run may rest on it. */
    public boolean counts() {
        return worth == Worth.COUNTS;
    }
}
