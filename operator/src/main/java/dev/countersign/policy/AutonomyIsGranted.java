package dev.countersign.policy;

import dev.countersign.api.Reason;
import dev.countersign.approval.ObservedRunApproval;
import dev.countersign.approval.Standing;

/** Runs that a person must see first wait for that person's approval of this very run. */
final class AutonomyIsGranted implements Check {
    @Override
    public Verdict check(RunRequest request) {
        EffectiveAutonomy autonomy = request.autonomy();
        if (!autonomy.needsPerson()) {
            return Verdict.ALLOW;
        }
        return request.runApproval()
                .map(approval -> judged(request, approval))
                .orElseGet(() -> new Verdict.Hold(Reason.AwaitingApproval, invitation(request, autonomy)));
    }

    private static Verdict judged(RunRequest request, ObservedRunApproval approval) {
        Standing standing = Standing.of(approval, request.run(), request.terms());
        return switch (standing.worth()) {
            case COUNTS -> Verdict.ALLOW;
            case DENIES -> Verdict.deny(Reason.Denied, standing.message());
            case ACCEPTABLE, WAITING, SUSPENDED -> new Verdict.Hold(standing.reason(), named(request, standing));
            // It may be replaced by one that fits: the run goes on waiting for that.
            case REFUSED ->
                new Verdict.Hold(
                        Reason.AwaitingApproval,
                        named(request, standing) + " (" + standing.reason() + "); the run still waits for a person");
        };
    }

    private static String named(RunRequest request, Standing standing) {
        return "ExecutionApproval " + request.execution().getMetadata().getName() + ": " + standing.message();
    }

    private static String invitation(RunRequest request, EffectiveAutonomy autonomy) {
        var meta = request.execution().getMetadata();
        String which = " execution " + meta.getName() + " -n " + meta.getNamespace();
        return "waits for a person (autonomy " + autonomy.autonomy() + " " + autonomy.source()
                + "): review it with kubectl countersign show" + which + ", then kubectl countersign approve" + which
                + " or deny it";
    }
}
