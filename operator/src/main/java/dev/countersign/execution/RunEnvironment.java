package dev.countersign.execution;

import dev.countersign.audit.AuditLog;
import dev.countersign.kube.LiveFacts;
import dev.countersign.kube.MasterKeys;
import dev.countersign.kube.StatusWriter;
import dev.countersign.metrics.OperatorMetrics;
import dev.countersign.policy.CheckChain;
import dev.countersign.sandbox.Sandboxes;
import java.time.Clock;

/** What every run works with. */
record RunEnvironment(
        LiveFacts facts,
        CheckChain checks,
        Shapes shapes,
        Sandboxes sandboxes,
        SandboxPods pods,
        MasterKeys keys,
        AuditLog audit,
        StatusWriter statuses,
        OperatorMetrics metrics,
        Clock clock) {}
