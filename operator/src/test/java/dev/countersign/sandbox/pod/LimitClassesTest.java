package dev.countersign.sandbox.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.countersign.sandbox.pod.LimitClasses.Choice;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitClassesTest {
    private static final LimitClasses CLASSES = new LimitClasses(List.of(64L, 128L, 512L), List.of(10L, 20L));

    @ParameterizedTest
    @CsvSource({"1, 64", "63, 64", "64, 64", "65, 128", "128, 128", "129, 512", "512, 512"})
    void roundsUp(long limit, long expected) {
        assertThat(CLASSES.memory(limit)).isEqualTo(new Choice.Fits(expected));
    }

    @Test
    void refusesWhatNoClassHolds() {
        assertThat(CLASSES.memory(513)).isEqualTo(new Choice.AboveLargest(513, 512));
        assertThat(CLASSES.disk(21)).isEqualTo(new Choice.AboveLargest(21, 20));
        assertThat(CLASSES.disk(20)).isEqualTo(new Choice.Fits(20));
    }

    @Test
    void refusesListsThatDoNotRise() {
        for (List<Long> wrong : List.of(List.<Long>of(), List.of(0L), List.of(2L, 1L), List.of(1L, 1L))) {
            assertThatIllegalArgumentException().isThrownBy(() -> new LimitClasses(wrong, List.of(1L)));
            assertThatIllegalArgumentException().isThrownBy(() -> new LimitClasses(List.of(1L), wrong));
        }
    }
}
