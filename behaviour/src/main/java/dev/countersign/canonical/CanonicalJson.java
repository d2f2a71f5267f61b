package dev.countersign.canonical;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.erdtman.jcs.JsonCanonicalizer;

/**
 * RFC 8785 canonical JSON, refusing what it would blur.
 *
 * <p>RFC 8785 knows only IEEE doubles, so two different long integers can have one canonical form; such a number
 * must not reach a digest. {@link #blurred} finds it so that the caller can refuse with the field's name.
 */
public final class CanonicalJson {
    private CanonicalJson() {}

    /**
     * The canonical text. Precondition: {@link #blurred} found nothing.
     *
     * @throws IllegalArgumentException if it holds half a surrogate pair, of which UTF-8 would make a question mark
     */
    public static String of(JsonNode value) {
        try {
            // In a list, since the library reads nothing but lists and objects.
            String list = new JsonCanonicalizer("[" + value + "]").getEncodedString();
            if (!StandardCharsets.UTF_8.newEncoder().canEncode(list)) {
                throw new IllegalArgumentException("not canonicalisable: half a surrogate pair");
            }
            return list.substring(1, list.length() - 1);
        } catch (IOException e) {
            throw new UncheckedIOException("not canonicalisable", e);
        }
    }

    /** The JSON pointer of the first number that a double does not hold exactly (RFC 7493, section 2.2), if any. */
    public static Optional<String> blurred(JsonNode value) {
        return blurred(value, "");
    }

    private static Optional<String> blurred(JsonNode value, String path) {
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> field : value.properties()) {
                var found = blurred(field.getValue(), path + "/" + escape(field.getKey()));
                if (found.isPresent()) {
                    return found;
                }
            }
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                var found = blurred(value.get(i), path + "/" + i);
                if (found.isPresent()) {
                    return found;
                }
            }
        } else if (value.isIntegralNumber() && !isExact(value)) {
            return Optional.of(path);
        } else if (value.isNumber() && !Double.isFinite(value.doubleValue())) {
            return Optional.of(path);
        }
        return Optional.empty();
    }

    private static boolean isExact(JsonNode number) {
        double rounded = number.doubleValue();
        return !Double.isInfinite(rounded) && new BigDecimal(rounded).compareTo(number.decimalValue()) == 0;
    }

    private static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
