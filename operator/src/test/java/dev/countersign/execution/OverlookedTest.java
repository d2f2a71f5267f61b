package dev.countersign.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.execution.Execution;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverlookedTest {
    private final Overlooked overlooked = new Overlooked();

    private static Execution named(String name, String uid) {
        var execution = new Execution();
        execution.setMetadata(new ObjectMetaBuilder()
                .withNamespace("finance")
                .withName(name)
                .withUid(uid)
                .build());
        return execution;
    }

    @Test
    void idleOnceIsOnItsWay() {
        assertThat(overlooked.among(List.of(named("run", "1")), each -> true)).isEmpty();
        assertThat(overlooked.among(List.of(named("run", "1")), each -> false)).isEmpty();
        assertThat(overlooked.among(List.of(named("run", "1")), each -> true)).isEmpty();
    }

    @Test
    void idleTwiceWasOverlooked() {
        overlooked.among(List.of(named("run", "1"), named("other", "2")), each -> true);
        assertThat(overlooked.among(List.of(named("run", "1")), each -> true))
                .containsExactly(new ResourceID("run", "finance"));
        assertThat(overlooked.among(List.of(named("run", "1")), each -> true))
                .as("until somebody does something")
                .hasSize(1);
    }

    @Test
    void anotherOfThatNameIsAnother() {
        overlooked.among(List.of(named("run", "1")), each -> true);
        assertThat(overlooked.among(List.of(named("run", "3")), each -> true)).isEmpty();
    }
}
