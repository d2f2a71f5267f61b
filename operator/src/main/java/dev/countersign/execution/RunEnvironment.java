package dev.countersign.execution;

import dev.countersign.audit.AuditLog;
import dev.countersign.kube.LiveFacts;
import dev.countersign.kube.MasterKeys;
import dev.countersign.kube.StatusWriter;
import dev.countersign.metrics.OperatorMetrics;
import dev.countersign.policy.CheckChain;
import dev.countersign.quota.Places;
import dev.countersign.quota.UsageHistory;
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
        Places places,
        UsageHistory usage,
        ApprovalsInUse approvals,
        StatusWriter statuses,
        OperatorMetrics metrics,
        Clock clock) {}
