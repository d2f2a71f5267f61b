package dev.countersign.sandbox.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON object field by field: nothing coerced, nothing unbounded, nothing left over. A null and a missing
 * field are the same, as the supervisor may leave out what is empty.
 */
final class StrictObject {
    private static final Pattern HEX_SHA256 = Pattern.compile("[a-f0-9]{64}");

    private final String name;
    private final ObjectNode fields;
    private final Set<String> read = new HashSet<>();

    StrictObject(String name, JsonNode fields) throws MalformedPayload {
        if (!(fields instanceof ObjectNode object)) {
            throw new MalformedPayload(name + " is not an object");
        }
        this.name = name;
        this.fields = object;
    }

    /** A whole number from {@code min} to {@code max}. */
    long number(String field, long min, long max) throws MalformedPayload {
        JsonNode found = required(field);
        if (!found.isIntegralNumber() || !found.canConvertToLong()) {
            throw new MalformedPayload(name + "." + field + " is not a whole number");
        }
        if (found.longValue() < min || found.longValue() > max) {
            throw new MalformedPayload(name + "." + field + " is not within " + min + " and " + max);
        }
        return found.longValue();
    }

    boolean has(String field) {
        return optional(field) != null;
    }

    boolean flag(String field) throws MalformedPayload {
        JsonNode found = required(field);
        if (!found.isBoolean()) {
            throw new MalformedPayload(name + "." + field + " is not a boolean");
        }
        return found.booleanValue();
    }

    /** Text of at most {@code maxLength} UTF-16 units, without half surrogate pairs. */
    String text(String field, int maxLength) throws MalformedPayload {
        JsonNode found = required(field);
        if (!found.isTextual() || found.textValue().length() > maxLength || !Unicode.isWhole(found.textValue())) {
            throw new MalformedPayload(name + "." + field + " is not Unicode text of at most " + maxLength);
        }
        return found.textValue();
    }

    @Nullable
    String textOrNull(String field, int maxLength) throws MalformedPayload {
        return has(field) ? text(field, maxLength) : null;
    }

    String sha256(String field) throws MalformedPayload {
        String text = text(field, 64);
        if (!HEX_SHA256.matcher(text).matches()) {
            throw new MalformedPayload(name + "." + field + " is not a SHA-256 in hex");
        }
        return text;
    }

    @Nullable
    Bytes base64OrNull(String field, int maxBase64) throws MalformedPayload {
        if (!has(field)) {
            return null;
        }
        try {
            return Bytes.wrap(Base64.getDecoder().decode(text(field, maxBase64)));
        } catch (IllegalArgumentException e) {
            throw new MalformedPayload(name + "." + field + " is not base64");
        }
    }

    StrictObject object(String field) throws MalformedPayload {
        return new StrictObject(name + "." + field, required(field));
    }

    /** The elements of an array; a missing one is empty. */
    List<StrictObject> objects(String field, int maxItems) throws MalformedPayload {
        JsonNode found = optional(field);
        if (found == null) {
            return List.of();
        }
        if (!found.isArray() || found.size() > maxItems) {
            throw new MalformedPayload(name + "." + field + " is not an array of at most " + maxItems);
        }
        List<StrictObject> items = new ArrayList<>();
        for (JsonNode item : found) {
            items.add(new StrictObject(name + "." + field + "[" + items.size() + "]", item));
        }
        return items;
    }

    /** To be called last. */
    void nothingElse() throws MalformedPayload {
        if (!fields.properties().stream().allMatch(field -> read.contains(field.getKey()))) {
            throw new MalformedPayload(name + " has a field that v1 does not know");
        }
    }

    private JsonNode required(String field) throws MalformedPayload {
        JsonNode found = optional(field);
        if (found == null) {
            throw new MalformedPayload(name + "." + field + " is missing");
        }
        return found;
    }

    private @Nullable JsonNode optional(String field) {
        read.add(field);
        JsonNode found = fields.get(field);
        return found == null || found.isNull() ? null : found;
    }
}
