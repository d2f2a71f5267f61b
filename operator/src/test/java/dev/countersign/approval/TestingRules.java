package dev.countersign.approval;

import dev.countersign.api.Reason;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** Judges as if one of the rules did not exist. */
public final class TestingRules {
    private TestingRules() {}

    public static List<String> ofApprovals() {
        return Arrays.stream(ApprovalRule.values()).map(Enum::name).toList();
    }

    /** But for one: where the guard is broken, a run's template is asked about first. */
    public static List<String> ofRunApprovals() {
        return Arrays.stream(RunApprovalRule.values())
                .filter(rule -> rule != RunApprovalRule.GUARD_INTACT)
                .map(Enum::name)
                .toList();
    }

    /** Whether the rule makes a difference to these approvals. */
    public static boolean decides(String rule, Approvals approvals, Optional<LiveTemplate> live, Terms terms) {
        var others = EnumSet.complementOf(EnumSet.of(ApprovalRule.valueOf(rule)));
        // Without a template, only the rule that says so keeps the others from asking about it.
        return live.isEmpty() && rule.equals("TEMPLATE_EXISTS")
                ? !approvals.all().isEmpty()
                : !approvals.judge(live, terms).equals(approvals.judge(live, terms, others));
    }

    /** Whether the rule makes a difference to this approval of a run. */
    public static boolean decides(String rule, ObservedRunApproval approval, LiveRun run, Terms terms) {
        var others = EnumSet.complementOf(EnumSet.of(RunApprovalRule.valueOf(rule)));
        return !Standing.of(approval, run, terms).equals(Standing.of(approval, run, terms, others));
    }

    /** Whether these approvals are worth nothing for this reason, and the rule makes a difference to that. */
    public static boolean refuses(
            String rule, Reason reason, Approvals approvals, Optional<LiveTemplate> live, Terms terms) {
        return approvals.judge(live, terms).reason() == reason && decides(rule, approvals, live, terms);
    }

    /** The same of the approval of a run. */
    public static boolean refuses(String rule, Reason reason, ObservedRunApproval approval, LiveRun run, Terms terms) {
        return Standing.of(approval, run, terms).reason() == reason && decides(rule, approval, run, terms);
    }
}
