package dev.countersign.guard.check;

/**
 * What the API server said to a forgery.
 *
 * @param code HTTP status; 200 to 299: it would have been let in
 * @param message of a refusal, else empty
 */
public record ProbeAnswer(int code, String message) {}
