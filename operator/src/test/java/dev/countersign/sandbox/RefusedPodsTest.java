package dev.countersign.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The words of Kubernetes 1.36, of which there is no other form. */
class RefusedPodsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "requested: requests.memory=240Mi, used: requests.memory=900Mi, limited: requests.memory=1Gi | true",
                "requested: requests.memory=2Gi, used: requests.memory=0, limited: requests.memory=1Gi | false",
                "requested: pods=1,requests.memory=240Mi, used: pods=4,requests.memory=1Gi, limited: pods=4,requests.memory=1Gi"
                        + " | true",
                "requested: requests.cpu=2, used: requests.cpu=0, limited: requests.cpu=1500m | false",
                "in words that nobody has seen yet | true",
            })
    void aQuotaHasRoomOnceOthersAreGone(String words, boolean mayPass) {
        assertThat(QuotaRefusal.mayPass("pods \"sbx-1\" is forbidden: exceeded quota: sandboxes, " + words))
                .isEqualTo(mayPass);
    }

    @Test
    void ofTwoQuotasOneIsTooSmall() {
        assertThat(QuotaRefusal.mayPass(
                        "exceeded quota: a, requested: pods=1, used: pods=1, limited: pods=1, exceeded quota: b, "
                                + "requested: requests.cpu=2, used: requests.cpu=0, limited: requests.cpu=1"))
                .isFalse();
    }

    @Test
    void anotherRefusalIsNone() {
        assertThat(QuotaRefusal.mayPass("violates PodSecurity \"restricted:latest\""))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0/1 nodes are available: 1 Insufficient memory. no new claims to deallocate, preemption: 0/1 nodes are available",
                "0/3 nodes are available: 1 Too many pods, 2 node(s) had untolerated taint(s)."
            })
    void otherPodsAreInTheWay(String words) {
        assertThat(NodeRoom.isMissing(unscheduled(words))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0/1 nodes are available: 1 node(s) had untolerated taint(s).",
                "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."
            })
    void otherPodsAreNotInTheWay(String words) {
        assertThat(NodeRoom.isMissing(unscheduled(words))).isFalse();
        assertThat(NodeRoom.isMissing(new Pod())).isFalse();
    }

    private static Pod unscheduled(String words) {
        return new PodBuilder()
                .withNewStatus()
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage(words)
                .endCondition()
                .endStatus()
                .build();
    }
}
