package dev.countersign.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * One object a kind in which every field is set, those that exclude each other included: no object a user would have.
 */
final class FullObjects {

    private static final YAMLMapper YAML = new YAMLMapper();

    private FullObjects() {}

    static JsonNode of(Class<?> kind) {
        String file = "/json/" + kind.getSimpleName().toLowerCase(Locale.ROOT) + ".yaml";
        try (InputStream in = FullObjects.class.getResourceAsStream(file)) {
            return YAML.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
