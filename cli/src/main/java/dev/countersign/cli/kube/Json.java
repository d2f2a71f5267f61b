package dev.countersign.cli.kube;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON of the API, to and from trees and types. */
public final class Json {
    private static final ObjectMapper TREES = new ObjectMapper();

    private Json() {}

    /** Only commands that bind types pay for the mapper that can. */
    private static final class Types {
        private static final ObjectMapper MAPPER = JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
    }

    public static JsonNode read(byte[] bytes) throws IOException {
        return TREES.readTree(bytes);
    }

    public static JsonNode read(String text) throws JsonProcessingException {
        return TREES.readTree(text);
    }

    /** An object of the API as its type. */
    public static <T> T as(JsonNode tree, Class<T> type) {
        try {
            return Types.MAPPER.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As JSON with two spaces of indentation. */
    public static String pretty(JsonNode tree) {
        try {
            return printer().writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Pretty and in ASCII: safe for any terminal, exact for any parser. */
    public static String prettyAscii(JsonNode tree) {
        try {
            return printer()
                    .with(JsonGenerator.Feature.ESCAPE_NON_ASCII)
                    .writeValueAsString(tree)
                    // Jackson takes DEL for printable; it can stand in strings only.
                    .replace("\u007f", "\\u007f");
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectWriter printer() {
        var indent = DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n");
        return TREES.writer(new DefaultPrettyPrinter(
                        Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
                .withObjectIndenter(indent)
                .withArrayIndenter(indent));
    }
}
