package dev.countersign.e2e.cluster;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has the cluster's operator rest while a class runs whose tests have an {@link OwnOperator}, because each refuses what
 * is not its department's. Afterwards approvals count again, whatever these tests did to the policies.
 */
public final class RestsTheOperator implements BeforeAllCallback, AfterAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        OperatorDeployment.of(Cluster.get()).stop();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        OperatorDeployment.of(Cluster.get()).start();
        OperatorDeployment.awaitApprovalsCount();
    }
}
