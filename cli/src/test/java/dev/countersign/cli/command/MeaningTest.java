package dev.countersign.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Reason;
import dev.countersign.cli.Exit;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MeaningTest {
    /** What scripts rely on: only these are the code's own failures. */
    private static final Set<Reason> OF_THE_CODE = EnumSet.of(
            Reason.ExitNonZero,
            Reason.CpuTimeExceeded,
            Reason.WallTimeExceeded,
            Reason.MemoryExceeded,
            Reason.OutputExceeded,
            Reason.DiskExceeded,
            Reason.ProcessesExceeded);

    @ParameterizedTest
    @EnumSource
    void exitCodeOneMeansTheCodeAndNothingElse(Reason reason) {
        assertThat(Meaning.of(reason).exit() == Exit.FAILED).isEqualTo(OF_THE_CODE.contains(reason));
    }

    @Test
    void aReasonOfANewerOperatorIsNoSuccess() {
        assertThat(Meaning.of("InventedLater").exit()).isEqualTo(Exit.PLATFORM);
    }
}
