package dev.countersign;

import dev.countersign.audit.ApprovalLedger;
import dev.countersign.audit.AuditEvent;
import dev.countersign.audit.AuditHealth;
import dev.countersign.audit.AuditLog;
import dev.countersign.audit.AuditReceipt;
import dev.countersign.audit.OpenAuthorization;
import dev.countersign.audit.RecordedGuard;
import dev.countersign.audit.SettledRun;
import dev.countersign.config.OperatorConfig;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** The operator, put together as ever, but made to die the hard way at a certain record of its audit log. */
public final class MortalOperator {
    /** Exit code of a death as planned; one that the JVM itself never gives. */
    public static final int DIED_AS_PLANNED = 99;

    /** When to die. */
    public enum Death {
        NEVER("", false),
        /** A sandbox waits, nothing is decided. */
        BEFORE_AUTHORIZED("execution.authorized", false),
        /** The authorization is durable, the frame is not written. */
        AFTER_AUTHORIZED("execution.authorized", true),
        /** The result is there, and nobody knows. */
        BEFORE_FINISHED("execution.finished", false),
        /** The outcome is durable, the status is not written. */
        AFTER_FINISHED("execution.finished", true);

        private final String record;
        private final boolean durable;

        Death(String record, boolean durable) {
            this.record = record;
            this.durable = durable;
        }
    }

    private MortalOperator() {}

    /** @param args the name of a {@link Death} */
    public static void main(String[] args) throws InterruptedException {
        Death death = Death.valueOf(args[0]);
        try {
            new OperatorProcess(OperatorConfig.load(System.getenv()), log -> new Mortal(log, death)).start();
        } catch (RuntimeException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
        new CountDownLatch(1).await();
    }

    private record Mortal(AuditLog log, Death death) implements AuditLog {
        @Override
        public CompletableFuture<AuditReceipt> append(AuditEvent event) {
            if (!event.type().word().equals(death.record)) {
                return log.append(event);
            }
            if (!death.durable) {
                die();
            }
            return log.append(event).thenApply(receipt -> {
                die();
                return receipt;
            });
        }

        // No shutdown hook, no finally: as by SIGKILL.
        private static void die() {
            Runtime.getRuntime().halt(DIED_AS_PLANNED);
        }

        @Override
        public List<OpenAuthorization> openAuthorizations() {
            return log.openAuthorizations();
        }

        @Override
        public Optional<SettledRun> settledRun(String executionUid, int attempt) {
            return log.settledRun(executionUid, attempt);
        }

        @Override
        public ApprovalLedger approvals() {
            return log.approvals();
        }

        @Override
        public Optional<RecordedGuard> lastGuard() {
            return log.lastGuard();
        }

        @Override
        public AuditHealth health() {
            return log.health();
        }

        @Override
        public void close() {
            log.close();
        }
    }
}
