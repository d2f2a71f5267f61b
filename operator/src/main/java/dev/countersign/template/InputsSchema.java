package dev.countersign.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;

/**
 * A template's JSON Schema (2020-12), ready to judge inputs.
 *
 * <p>Nothing is ever fetched: a {@code $ref} may only point into the schema itself.
 */
public final class InputsSchema {
    private static final int MOST_PROBLEMS = 5;
    private static final String META_SCHEMA = "https://json-schema.org/draft/2020-12/schema";

    private final Schema schema;

    private InputsSchema(Schema schema) {
        this.schema = schema;
    }

    /** A schema that was read, or what is wrong with it. */
    public sealed interface Reading {
        record Readable(InputsSchema schema) implements Reading {}

        record Unreadable(String problem) implements Reading {}
    }

    /** Reads a schema; anything wrong with it comes back as words that name the place. */
    public static Reading read(JsonNode schema) {
        var remote = remoteReference(schema);
        if (!remote.isEmpty()) {
            return new Reading.Unreadable("inputs.schema: $ref \"" + remote.getFirst()
                    + "\" points outside the schema: copy what it refers to into $defs and use #/$defs/...");
        }
        try {
            var problems = registry()
                    .getSchema(com.networknt.schema.SchemaLocation.of(META_SCHEMA))
                    .validate(schema);
            if (!problems.isEmpty()) {
                return new Reading.Unreadable("inputs.schema is not a JSON Schema 2020-12: " + words(problems));
            }
            var compiled = registry().getSchema(schema);
            compiled.initializeValidators();
            return new Reading.Readable(new InputsSchema(compiled));
        } catch (RuntimeException | StackOverflowError e) {
            return new Reading.Unreadable("inputs.schema cannot be used: " + words(e));
        }
    }

    /** What is wrong with the inputs, in words that name each field; empty: nothing. */
    public List<String> problems(JsonNode inputs) {
        return schema.validate(inputs).stream()
                .limit(MOST_PROBLEMS)
                .map(InputsSchema::words)
                .toList();
    }

    private static SchemaRegistry registry() {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12, builder -> builder.schemaLoader(
                        loader -> loader.fetchRemoteResources(false))
                .schemaRegistryConfig(SchemaRegistryConfig.builder()
                        .regularExpressionFactory(LinearRegularExpression::new)
                        .build()));
    }

    private static List<String> remoteReference(JsonNode schema) {
        List<String> remote = new ArrayList<>();
        for (String keyword : List.of("$ref", "$dynamicRef", "$schema")) {
            for (JsonNode reference : schema.findValues(keyword)) {
                if (reference.isTextual()
                        && !reference.textValue().startsWith("#")
                        && !reference.textValue().equals(META_SCHEMA)) {
                    remote.add(reference.textValue());
                }
            }
        }
        return remote;
    }

    private static String words(List<Error> problems) {
        return String.join(
                "; ",
                problems.stream().limit(MOST_PROBLEMS).map(InputsSchema::words).toList());
    }

    private static String words(Error problem) {
        String where = problem.getInstanceLocation().toString();
        return (where.isEmpty() ? "" : where + ": ") + problem.getMessage();
    }

    // What the library wraps is what the author can mend; its own text may run over pages.
    private static String words(Throwable problem) {
        if (problem instanceof PatternSyntaxException bad) {
            return "pattern \"" + bad.getPattern() + "\": " + bad.getDescription()
                    + " (patterns are RE2: no back references, no look-around)";
        }
        if (problem.getCause() != null) {
            return words(problem.getCause());
        }
        return String.valueOf(problem.getMessage())
                .lines()
                .findFirst()
                .orElse(problem.getClass().getSimpleName());
    }
}
