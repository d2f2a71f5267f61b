package dev.countersign.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.cli.TestingApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AlterationsTest {
    private static final Path CRDS = Path.of("../crds/generated");

    /** An approval that met a default which is not known here would be called altered, each of them. */
    @ParameterizedTest
    @EnumSource(names = {"TEMPLATE_APPROVAL", "EXECUTION", "EXECUTION_APPROVAL"})
    void everyDefaultOfTheCrdIsKnown(Kind kind) throws IOException {
        JsonNode crd = TestingApi.tree(Files.readString(CRDS.resolve(kind.plural() + ".countersign.dev.yaml")));
        JsonNode schema =
                crd.path("spec").path("versions").path(0).path("schema").path("openAPIV3Schema");
        List<String> stored = new ArrayList<>();
        defaults("spec", schema.path("properties").path("spec"), stored);

        assertThat(stored).isNotEmpty();
        for (String each : stored) {
            assertThat(Alterations.ofSpec(kind, TestingApi.tree("spec: {grant: {}}"), TestingApi.tree(each)))
                    .noneMatch(line -> line.contains("sent nothing"));
        }
    }

    private static void defaults(String path, JsonNode schema, List<String> into) {
        schema.path("properties").properties().forEach(each -> {
            String inner = path + ": {" + each.getKey();
            if (each.getValue().has("default")) {
                into.add(inner + ": " + each.getValue().get("default")
                        + "}".repeat((int) inner.chars()
                                .filter(character -> character == '{')
                                .count()));
            }
            defaults(inner, each.getValue(), into);
        });
    }
}
