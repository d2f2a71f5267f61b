package dev.countersign.sandbox.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the code's JSON value out of a result. The code chooses it, so whatever it holds must neither spoil the result
 * around it nor stop the status from being written: a value that Kubernetes could not store is given up, with a
 * reason, and the reading goes on behind it.
 */
final class CodeValue {
    /** Deepest nesting; the supervisor's bound. Far below the 1000 at which JSON readers of this operator stop. */
    static final int MAX_DEPTH = 100;

    /** Most objects, arrays and scalars; a bound on memory, which a tree needs ten times the text's bytes of. */
    static final int MAX_NODES = 65_536;

    /** Longest number as text; reading takes time that grows with the square. */
    static final int MAX_NUMBER_LENGTH = 128;

    private final JsonParser parser;
    private final JsonNodeFactory nodes = JsonNodeFactory.instance;
    private int count;
    private @Nullable String problem;

    CodeValue(JsonParser parser) {
        this.parser = parser;
    }

    /** Why the value was given up; null when it was not. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Reads the value whose first token is current, to its last token. Null when it was given up. */
    @Nullable
    JsonNode read() throws IOException {
        JsonNode value = read(1);
        return problem == null ? value : null;
    }

    private JsonNode read(int depth) throws IOException {
        if (++count > MAX_NODES) {
            return givenUp("more than " + MAX_NODES + " parts");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> depth > MAX_DEPTH ? tooDeep() : object(depth);
            case START_ARRAY -> depth > MAX_DEPTH ? tooDeep() : array(depth);
            case VALUE_STRING -> string();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number();
            case VALUE_TRUE -> nodes.booleanNode(true);
            case VALUE_FALSE -> nodes.booleanNode(false);
            default -> nodes.nullNode();
        };
    }

    private JsonNode object(int depth) throws IOException {
        ObjectNode object = nodes.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            if (!Unicode.isWhole(name)) {
                givenUp("a name with half a surrogate pair");
            } else if (object.has(name)) {
                givenUp("the same name twice in one object");
            } else {
                object.set(name, read(depth + 1));
                continue;
            }
            parser.skipChildren();
        }
        return object;
    }

    private JsonNode array(int depth) throws IOException {
        ArrayNode array = nodes.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            JsonNode item = read(depth + 1);
            if (problem == null) {
                array.add(item);
            }
        }
        return array;
    }

    private JsonNode string() throws IOException {
        String text = parser.getText();
        return Unicode.isWhole(text) ? nodes.textNode(text) : givenUp("a string with half a surrogate pair");
    }

    private JsonNode number() throws IOException {
        if (parser.getTextLength() > MAX_NUMBER_LENGTH) {
            return givenUp("a number of more than " + MAX_NUMBER_LENGTH + " characters");
        }
        // Kubernetes keeps 64-bit integers and doubles, blurs longer integers and refuses an object with a larger
        // number.
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
            double number = parser.getDoubleValue();
            return Double.isInfinite(number) ? givenUp("a number beyond a double's range") : nodes.numberNode(number);
        }
        return switch (parser.getNumberType()) {
            case INT -> nodes.numberNode(parser.getIntValue());
            case LONG -> nodes.numberNode(parser.getLongValue());
            default -> givenUp("a whole number beyond 64 bits (write it as text)");
        };
    }

    private JsonNode tooDeep() throws IOException {
        return givenUp("nesting deeper than " + MAX_DEPTH);
    }

    private JsonNode givenUp(String why) throws IOException {
        if (problem == null) {
            problem = "the value has " + why;
        }
        parser.skipChildren();
        return nodes.nullNode();
    }
}
