package dev.countersign.sandbox.wire;

/** An authentic payload that is not what v1 demands. Never leaves the package. */
final class MalformedPayload extends Exception {
    private static final long serialVersionUID = 1L;

    private final String why;

    MalformedPayload(String why) {
        super(why);
        this.why = why;
    }

    /** What is wrong, for people; quotes nothing that the code wrote. */
    String why() {
        return why;
    }
}
