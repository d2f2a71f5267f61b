package dev.countersign.policy;

import dev.countersign.api.Reason;

/** What a check says. Data, never an exception: an exception in a check is a {@link Deny}. */
public sealed interface Verdict {
    /** Nothing against it. */
    record Allow() implements Verdict {}

    /** Refused for good: this Execution will never run. {@code message} names the field and says what to do next. */
    record Deny(Reason reason, String message) implements Verdict {}

    /** Not refused, but not yet: something outside must happen first. */
    record Hold(Reason reason, String message) implements Verdict {}

    /** The one {@link Allow}. */
    Verdict ALLOW = new Allow();

    static Verdict deny(Reason reason, String message) {
        return new Deny(reason, message);
    }
}
