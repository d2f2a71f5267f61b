package dev.countersign;

import dev.countersign.audit.AuditHealth;
import dev.countersign.audit.AuditLog;
import dev.countersign.health.HealthCheck;
import dev.countersign.health.HealthServer;
import dev.countersign.health.HealthStatus;
import dev.countersign.metrics.OperatorMetrics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the probes are told.
 *
 * <p>A standby is ready: it does its work, which is to wait. So a rolling update is not stuck behind a leader that
 * leaves only once its successor is ready.
 */
final class Readiness {
    private volatile HealthStatus stage = HealthStatus.failed("starting");
    private volatile @Nullable AuditLog audit;
    private volatile String away = "";

    AutoCloseable serve(int port, OperatorMetrics metrics) {
        return HealthServer.start(
                port,
                metrics::scrape,
                List.of(new HealthCheck("audit", this::auditCanRecover)),
                List.of(new HealthCheck("stage", () -> stage), new HealthCheck("audit", this::auditStatus)));
    }

    void standingBy() {
        stage = HealthStatus.healthy();
    }

    void becomingLeader() {
        stage = HealthStatus.failed("leader, still starting");
    }

    void acting() {
        stage = HealthStatus.healthy();
    }

    void ending() {
        stage = HealthStatus.failed("ending");
    }

    void audit(AuditLog log) {
        audit = log;
    }

    /** There is no log yet, for this reason: alive, and not ready. */
    void auditAway(String why) {
        away = why;
    }

    boolean auditTakesRecords() {
        AuditLog log = audit;
        return log != null && log.health().ok();
    }

    // A log that found itself closed or changed underneath stays so for this process: only a restart looks at it anew.
    private HealthStatus auditCanRecover() {
        AuditLog log = audit;
        return log == null || log.health().state() != AuditHealth.State.FAILED
                ? HealthStatus.healthy()
                : HealthStatus.failed(log.health().reason());
    }

    private HealthStatus auditStatus() {
        AuditLog log = audit;
        if (log == null) {
            return away.isEmpty() ? HealthStatus.healthy() : HealthStatus.failed(away);
        }
        var health = log.health();
        return health.ok() ? HealthStatus.healthy() : HealthStatus.failed(health.reason());
    }
}
