package dev.countersign.execution;

import dev.countersign.audit.AuditLog;
import dev.countersign.kube.Executions;
import dev.countersign.kube.MasterKeys;
import dev.countersign.kube.RunFacts;
import dev.countersign.kube.StatusWriter;
import dev.countersign.metrics.OperatorMetrics;
import dev.countersign.policy.CheckChain;
import dev.countersign.quota.Places;
import dev.countersign.quota.UsageHistory;
import dev.countersign.sandbox.SandboxSupply;
import java.time.Clock;
import java.util.concurrent.Semaphore;

/**
 * What every run works with.
 *
 * @param looks how many that have no place yet may be looked at at once
 */
record RunEnvironment(
        RunFacts facts,
        CheckChain checks,
        Shapes shapes,
        SandboxSupply sandboxes,
        SandboxPods pods,
        MasterKeys keys,
        AuditLog audit,
        Places places,
        Semaphore looks,
        UsageHistory usage,
        ApprovalsInUse approvals,
        Confirmations confirmations,
        Executions executions,
        StatusWriter statuses,
        OperatorMetrics metrics,
        Clock clock) {}
