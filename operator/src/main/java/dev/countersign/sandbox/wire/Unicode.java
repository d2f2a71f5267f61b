package dev.countersign.sandbox.wire;

/**
 * JSON can escape half a surrogate pair, which no UTF-8 can hold. On the way to the API server it becomes some other
 * character, so what is stored would not be what was hashed.
 */
final class Unicode {
    private Unicode() {}

    /** Whether every surrogate in {@code text} has its other half. */
    static boolean isWhole(String text) {
        return text.codePoints()
                .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }
}
