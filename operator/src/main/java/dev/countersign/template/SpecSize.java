package dev.countersign.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** The size of a spec as JSON, in bytes: what no CEL rule can measure, because parts of it are free-form. */
public final class SpecSize {
    // Beyond the BMP, Jackson writes two escapes of six bytes where UTF-8 has one character of four.
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private SpecSize() {}

    /** Bytes of {@code spec} as compact UTF-8 JSON. */
    public static int bytes(Object spec) {
        try {
            return JSON.writeValueAsBytes(spec).length;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("spec cannot be written as JSON", e);
        }
    }

    /** Bytes of each field of {@code spec}, to name the one that is to blame. */
    public static Map<String, Integer> byField(Object spec) {
        Map<String, Integer> sizes = new TreeMap<>();
        JSON.<ObjectNode>valueToTree(spec)
                .properties()
                .forEach(field -> sizes.put(field.getKey(), bytes(field.getValue())));
        return sizes;
    }
}
