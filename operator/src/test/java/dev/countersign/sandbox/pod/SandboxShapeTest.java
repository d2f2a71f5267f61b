package dev.countersign.sandbox.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.countersign.api.Language;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SandboxShapeTest {
    private static final SandboxShape SHAPE = new SandboxShape(Language.Python, "image:1", 128, 64, "gvisor");

    @Test
    void hashIsALabelValueAndStaysTheSame() {
        assertThat(SHAPE.hash()).matches("[a-f0-9]{16}");
        // Pods of an operator before an update must still be found after it.
        assertThat(SHAPE.hash()).isEqualTo("d4c572fdb9f5e3e0");
        assertThat(new SandboxShape(Language.Python, "image:1", 128, 64, "gvisor").hash())
                .isEqualTo(SHAPE.hash());
    }

    @Test
    void everyPartMakesAnotherHash() {
        Set<String> hashes = Stream.of(
                        SHAPE,
                        new SandboxShape(Language.Bash, "image:1", 128, 64, "gvisor"),
                        new SandboxShape(Language.Python, "image:2", 128, 64, "gvisor"),
                        new SandboxShape(Language.Python, "image:1", 256, 64, "gvisor"),
                        new SandboxShape(Language.Python, "image:1", 128, 128, "gvisor"),
                        new SandboxShape(Language.Python, "image:1", 128, 64, "gvisor-nonet"))
                .map(SandboxShape::hash)
                .collect(Collectors.toSet());

        assertThat(hashes).hasSize(6);
    }

    @Test
    void refusesClassesOfNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SandboxShape(Language.Python, "image:1", 0, 64, "g"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SandboxShape(Language.Python, "image:1", 128, 0, "g"));
    }
}
