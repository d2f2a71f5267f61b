package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.cli.page.ApprovalStanding;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How an object that the API server stored differs from what it was sent. A mutating policy or webhook of somebody else
 * may change it on its way, and then the name of whoever sent it stands under something that they have not seen.
 *
 * <p>Additions are differences too, except those that Countersign makes itself: defaults of the CRDs, and the UID beside
 * the sender's own name.
 */
final class Alterations {
    /** A text of half a mebibyte is told apart by the place where it differs. */
    private static final int MOST_CHARACTERS = 96;

    private static final int BEFORE_THE_PLACE = 24;

    private final Kind kind;
    private final List<String> lines = new ArrayList<>();

    private Alterations(Kind kind) {
        this.kind = kind;
    }

    /** A line for each field of the spec that differs: where, what was sent, what is stored. */
    static List<String> ofSpec(Kind kind, JsonNode sent, JsonNode stored) {
        return of(kind, "spec", sent.path("spec"), stored.path("spec"));
    }

    /** The same of a revocation, which is all of the spec that was sent. */
    static List<String> ofRevocation(JsonNode sent, JsonNode stored) {
        return of(
                Kind.TEMPLATE_APPROVAL,
                "spec.revocation",
                sent.path("spec").path("revocation"),
                stored.path("spec").path("revocation"));
    }

    private static List<String> of(Kind kind, String path, JsonNode sent, JsonNode stored) {
        var all = new Alterations(kind);
        all.compare(path, sent, stored);
        return all.lines;
    }

    private void compare(String path, JsonNode sent, JsonNode stored) {
        if (sent.isObject() && stored.isObject()) {
            Set<String> names = new TreeSet<>();
            sent.fieldNames().forEachRemaining(names::add);
            stored.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> compare(path + "." + name, sent.path(name), stored.path(name)));
        } else if (sent.isArray() && stored.isArray()) {
            for (int i = 0; i < Math.max(sent.size(), stored.size()); i++) {
                compare(path + "[" + i + "]", sent.path(i), stored.path(i));
            }
        } else if (!isSame(sent, stored) && !(sent.isMissingNode() && mayBeAdded(path, stored))) {
            lines.add(line(path, sent, stored));
        }
    }

    private boolean mayBeAdded(String path, JsonNode value) {
        return switch (kind) {
            case TEMPLATE_APPROVAL ->
                switch (path) {
                    case "spec.grant.validForSeconds" -> isNumber(value, ApprovalStanding.DEFAULT_VALID_SECONDS);
                    case "spec.grant.approvedBy.uid", "spec.revocation.revokedBy.uid" -> true;
                    default -> false;
                };
            case EXECUTION_APPROVAL ->
                switch (path) {
                    case "spec.validForSeconds" -> isNumber(value, 600);
                    case "spec.approvedBy.uid" -> true;
                    default -> false;
                };
            case EXECUTION ->
                switch (path) {
                    case "spec.ttlSecondsAfterFinished" -> isNumber(value, 3600);
                    case "spec.cancel" -> value.isBoolean() && !value.booleanValue();
                    case "spec.requestedBy.uid" -> true;
                    default -> false;
                };
            case CODE_TEMPLATE -> false;
        };
    }

    private static boolean isNumber(JsonNode value, int number) {
        return value.isInt() && value.intValue() == number;
    }

    // The API server keeps whole numbers of 64 bits, and of any other the double next to it.
    private static boolean isSame(JsonNode sent, JsonNode stored) {
        if (!sent.isNumber() || !stored.isNumber()) {
            return sent.equals(stored);
        }
        return sent.isIntegralNumber() && sent.canConvertToLong()
                ? stored.canConvertToExactIntegral() && stored.bigIntegerValue().equals(sent.bigIntegerValue())
                : sent.doubleValue() == stored.doubleValue();
    }

    private static String line(String path, JsonNode sent, JsonNode stored) {
        String before = text(sent);
        String after = text(stored);
        int place = 0;
        while (place < Math.min(before.length(), after.length()) && before.charAt(place) == after.charAt(place)) {
            place++;
        }
        return path + ": sent " + around(before, place) + ", stored " + around(after, place);
    }

    // As JSON: a text stays between its quotes, whatever is in it.
    private static String text(JsonNode value) {
        return value.isMissingNode() ? "nothing" : value.toString();
    }

    private static String around(String text, int place) {
        int start = text.length() <= MOST_CHARACTERS ? 0 : Math.max(0, place - BEFORE_THE_PLACE);
        int end = Math.min(text.length(), start + MOST_CHARACTERS);
        return (start > 0 ? "..." : "") + text.substring(start, end) + (end < text.length() ? "..." : "");
    }
}
