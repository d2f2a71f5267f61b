package dev.countersign.sandbox.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Language;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A folder a case: {@code in.yaml} is what is asked for, {@code out.yaml} exactly what is made of it. */
class GoldenTest {
    /** What an {@code in.yaml} holds: one of both. */
    record In(@Nullable PodIn sandboxPod, @Nullable DenyIn defaultDeny) {
        HasMetadata object() {
            if (sandboxPod != null) {
                return sandboxPod.pod();
            }
            return Objects.requireNonNull(defaultDeny, "neither sandboxPod nor defaultDeny")
                    .policy();
        }
    }

    record DenyIn(String department, String sandboxNamespace) {
        HasMetadata policy() {
            var policies = DefaultDeny.policies(department, sandboxNamespace);
            assertThat(policies).hasSize(1);
            return policies.getFirst();
        }
    }

    record PodIn(String name, String department, String sandboxNamespace, ShapeIn shape, SettingsIn settings) {
        HasMetadata pod() {
            return SandboxPod.from(shape.shape(), department, sandboxNamespace, name, settings.settings());
        }
    }

    record ShapeIn(
            Language language, String image, long memoryClassBytes, long diskClassBytes, String runtimeClassName) {
        SandboxShape shape() {
            return new SandboxShape(language, image, memoryClassBytes, diskClassBytes, runtimeClassName);
        }
    }

    record SettingsIn(
            String cpuLimit, String cpuRequest, String imagePullPolicy, long idleLifeSeconds, long maxWallTimeSeconds) {
        SandboxSettings settings() {
            return new SandboxSettings(
                    cpuLimit,
                    cpuRequest,
                    imagePullPolicy,
                    Duration.ofSeconds(idleLifeSeconds),
                    Duration.ofSeconds(maxWallTimeSeconds),
                    HardeningProfile.RESTRICTED);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void makesExactlyWhatIsWritten(String name) throws Exception {
        var in = Serialization.unmarshal(read(name, "in.yaml"), In.class);

        var made = in.object();

        // Both as the same writer prints them, so that only content counts and a failure shows the lines that differ.
        assertThat(Serialization.asYaml(made))
                .isEqualTo(Serialization.asYaml(Serialization.unmarshal(read(name, "out.yaml"), made.getClass())));
    }

    static List<String> cases() throws Exception {
        return list(golden());
    }

    @Test
    void noFixtureIsUnused() throws Exception {
        assertThat(cases()).hasSizeGreaterThanOrEqualTo(4);
        for (String name : cases()) {
            assertThat(list(golden().resolve(name))).as(name).containsExactly("in.yaml", "out.yaml");
        }
    }

    private static String read(String name, String file) throws Exception {
        return Files.readString(golden().resolve(name).resolve(file));
    }

    private static List<String> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private static Path golden() throws URISyntaxException {
        return Path.of(
                Objects.requireNonNull(GoldenTest.class.getResource("golden")).toURI());
    }
}
