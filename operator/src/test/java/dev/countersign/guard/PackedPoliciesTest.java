package dev.countersign.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.guard.check.PolicyKey;
import dev.countersign.guard.check.Rule;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PackedPoliciesTest {

    private static final Path CHART = Path.of("../helm/countersign/files/admission");

    /** A policy that the chart has dropped may not linger in the build's output, nor one that it has be left out. */
    @Test
    void theyAreThoseOfTheChartNoMoreNoLess() throws IOException {
        try (Stream<Path> files = Files.list(CHART)) {
            assertThat(PackedPolicies.in("countersign-system").keys())
                    .hasSize((int) files.count())
                    .extracting(PolicyKey::name)
                    .contains("countersign-approvals", "countersign-executions", "countersign-sandboxes");
        }
    }

    @ParameterizedTest
    @EnumSource(Rule.class)
    void everyRuleThatIsTriedIsOneOfTheirs(Rule rule) throws IOException {
        assertThat(text()).contains("[" + rule.id() + "] ");
    }

    @Test
    void theyAreFoundInAJarToo(@TempDir Path directory) throws IOException {
        Path jar = directory.resolve("operator.jar");
        try (var output = new JarOutputStream(Files.newOutputStream(jar))) {
            for (String entry : List.of("admission/", "admission/a.yaml", "admission/notes.txt", "other/b.yaml")) {
                output.putNextEntry(new JarEntry(entry));
                output.write(entry.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                output.closeEntry();
            }
        }
        URL folder = URI.create("jar:" + jar.toUri() + "!/admission").toURL();

        assertThat(PackedPolicies.manifests(folder)).containsExactly("admission/a.yaml");
    }

    private static String text() throws IOException {
        try (Stream<Path> files = Files.list(CHART)) {
            return files.map(PackedPoliciesTest::read).collect(Collectors.joining("\n"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
