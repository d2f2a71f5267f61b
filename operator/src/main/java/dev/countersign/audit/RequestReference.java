package dev.countersign.audit;

/** The one run that a single-run approval is about. */
public record RequestReference(String executionUid, String requestDigest) {
    public RequestReference {
        Digest.require("requestDigest", requestDigest);
    }
}
