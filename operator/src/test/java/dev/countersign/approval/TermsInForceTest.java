package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.config.Departments;
import dev.countersign.guard.Guard;
import dev.countersign.guard.GuardState;
import dev.countersign.guard.GuardStates;
import dev.countersign.guard.Mode;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TermsInForceTest {

    private static final GuardState STANDS =
            new GuardState(true, List.of(), "sha256:" + "9".repeat(64), Instant.EPOCH, Mode.ENFORCE);
    private static final GuardState UNTRIED = GuardState.broken(List.of("could not be tried"));

    private final TermsInForce terms = new TermsInForce(
            new Guard() {
                @Override
                public GuardStates states() {
                    return new GuardStates(STANDS, new TreeMap<>(Map.of("finance", UNTRIED, "research", STANDS)));
                }

                @Override
                public void onChange(Runnable listener) {}
            },
            () -> new Departments(List.of()),
            Clock.systemUTC());

    @Test
    void eachNamespaceHasTheGuardOfItsDepartment() {
        assertThat(terms.of("finance").guard()).isEqualTo(UNTRIED);
        assertThat(terms.confirmed("finance").guard()).isEqualTo(UNTRIED);
        assertThat(terms.of("research").guard()).isEqualTo(STANDS);
        assertThat(terms.confirmed("research").guard()).isEqualTo(STANDS);
    }

    @Test
    void aNamespaceOfNoDepartmentHasNone() {
        assertThat(terms.of("elsewhere").guard().intact()).isFalse();
        assertThat(terms.confirmed("elsewhere").guard().intact()).isFalse();
    }
}
