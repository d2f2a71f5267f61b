package dev.countersign.policy;

/** Nothing runs without a live approval of exactly what the template now does. */
final class TemplateIsApproved implements Check {
    @Override
    public Verdict check(RunRequest request) {
        var judgement = request.approvals().judge(request.existingTemplate().digest(), request.now());
        return judgement.approval().isPresent() ? Verdict.ALLOW : Verdict.deny(judgement.reason(), judgement.message());
    }
}
