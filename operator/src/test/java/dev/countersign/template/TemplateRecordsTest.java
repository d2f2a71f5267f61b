package dev.countersign.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Reason;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.audit.Actor;
import dev.countersign.audit.AuditEvent.TemplateObserved;
import dev.countersign.audit.AuditSubject;
import dev.countersign.audit.RecordedTemplate;
import dev.countersign.guard.GuardState;
import dev.countersign.guard.Mode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateRecordsTest {
    /**
     * A template made at 10:00, now of generation 3: which of its generations is on record, as what and since when; from
     * when on the guard stands; and what is recorded.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
      never seen, made under guard       |   |           |       | 09:00 | guarded
      never seen, older than the guard   |   |           |       | 10:01 | unguarded
      never seen, guard broken           |   |           |       |       |
      known                              | 3 | guarded   | 10:30 | 09:00 |
      known as unguarded                 | 3 | unguarded | 10:30 | 09:00 |
      changed under guard                | 2 | guarded   | 10:30 | 09:00 | guarded
      changed, the guard is younger      | 2 | guarded   | 10:30 | 10:31 | unguarded
      changed, the guard is broken       | 2 | guarded   | 10:30 |       |
      once unguarded, for good           | 2 | unguarded | 10:30 | 09:00 | unguarded
      unchanged after a gap, said again  | 3 | guarded   | 10:30 | 10:31 | guarded
      unguarded after a gap, not again   | 3 | unguarded | 10:30 | 10:31 |
      """)
    void records(String name, Integer generation, String recorded, String at, String since, String due) {
        // Given
        Optional<RecordedTemplate> last = generation == null
                ? Optional.empty()
                : Optional.of(new RecordedTemplate(
                        event(generation, recorded.equals("guarded")), Instant.parse("2026-11-21T" + at + ":00Z")));

        // When
        var event = TemplateRecords.due(facts(), last, guard(since));

        // Then
        assertThat(event.map(seen -> seen.guarded() ? "guarded" : "unguarded").orElse(null))
                .isEqualTo(due);
        event.ifPresent(seen -> assertThat(seen).isEqualTo(event(3, seen.guarded())));
    }

    @Test
    void withTheGuardOffNothingIsVouchedFor() {
        assertThat(TemplateRecords.due(facts(), Optional.empty(), GuardState.OFF))
                .hasValueSatisfying(seen -> assertThat(seen.guarded()).isFalse());
    }

    private static GuardState guard(String since) {
        return since == null
                ? GuardState.broken(List.of("countersign-templates is missing"))
                : new GuardState(
                        true,
                        List.of(),
                        "sha256:" + "9".repeat(64),
                        Instant.parse("2026-11-21T" + since + ":00Z"),
                        Mode.ENFORCE);
    }

    private static TemplateObserved event(long generation, boolean guarded) {
        return new TemplateObserved(
                new AuditSubject("finance", "CodeTemplate", "report", "t1", generation),
                facts().digest(),
                Reason.Valid,
                List.of(new Actor("bob", "7")),
                guarded);
    }

    private static TemplateFacts facts() {
        return TemplateFacts.of(Serialization.unmarshal("""
            apiVersion: countersign.dev/v1alpha1
            kind: CodeTemplate
            metadata: {namespace: finance, name: report, uid: t1, generation: 3, creationTimestamp: "2026-11-21T10:00:00Z"}
            spec: {language: Python, code: "print(1)", authors: [{username: bob, uid: "7"}]}
            """, CodeTemplate.class), Set.of());
    }
}
