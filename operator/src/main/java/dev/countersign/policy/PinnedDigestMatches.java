package dev.countersign.policy;

import dev.countersign.api.Reason;

/** A request that pins a digest gets that very code or nothing. */
final class PinnedDigestMatches implements Check {
    @Override
    public Verdict check(RunRequest request) {
        String pinned = request.execution().getSpec().templateRef().digest();
        String live = request.existingTemplate().digest();
        return pinned == null || pinned.equals(live)
                ? Verdict.ALLOW
                : Verdict.deny(
                        Reason.DigestMismatch,
                        "spec.templateRef.digest pins " + pinned + ", but the template is now " + live
                                + ": look at the change, then pin the new digest or leave the pin out");
    }
}
