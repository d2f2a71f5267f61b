package dev.countersign.policy;

/**
 * Nothing runs without a live approval of exactly what the template now does, accepted while the guard stood. What
 * goes away by itself is waited for.
 */
final class TemplateIsApproved implements Check {
    @Override
    public Verdict check(RunRequest request) {
        var judgement = request.judgement();
        if (judgement.approval().isPresent()) {
            return Verdict.ALLOW;
        }
        return judgement.passing()
                ? new Verdict.Hold(judgement.reason(), judgement.message())
                : Verdict.deny(judgement.reason(), judgement.message());
    }
}
