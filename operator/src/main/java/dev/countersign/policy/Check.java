package dev.countersign.policy;

/** One rule about one request. Pure: everything it may look at is in the {@link RunRequest}. */
@FunctionalInterface
public interface Check {
    Verdict check(RunRequest request);
}
