package dev.countersign.approval;

import dev.countersign.api.Decision;
import dev.countersign.api.Language;
import dev.countersign.api.Subject;
import dev.countersign.api.TemplateReference;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.codetemplate.CodeTemplateSpec;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionSpec;
import dev.countersign.api.execution.PinnedTemplateReference;
import dev.countersign.api.templateapproval.Grant;
import dev.countersign.api.templateapproval.Revocation;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.api.templateapproval.TemplateApprovalSpec;
import dev.countersign.audit.Actor;
import dev.countersign.audit.ApprovalReference;
import dev.countersign.audit.AuditConflictException;
import dev.countersign.audit.AuditEvent;
import dev.countersign.audit.AuditSubject;
import dev.countersign.audit.Identity;
import dev.countersign.audit.MemoryLog;
import dev.countersign.audit.RunLimits;
import dev.countersign.audit.SandboxReference;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.guard.GuardState;
import dev.countersign.guard.Mode;
import dev.countersign.policy.RunChecks;
import dev.countersign.policy.RunRequest;
import dev.countersign.quota.Usage;
import dev.countersign.template.BehaviourProjection;
import dev.countersign.template.TemplateFacts;
import dev.countersign.template.TemplateRecords;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One template, those who may touch it, the policies that watch them, and an operator that sees all this late. The API
 * server is played; what decides (rules, planner, checks, ledgers) is the true thing.
 *
 * <p>Beside what objects say, the world knows what is true: who approved, who wrote. While the policies stand, the two
 * agree; while they are weakened, whoever wants to can make objects say what they like.
 */
final class TestingWorld {
    private static final String NAMESPACE = "finance";
    private static final Department FINANCE =
            new Department("finance", NAMESPACE, "finance-sandboxes", DepartmentPolicy.DEFAULT);
    private static final List<String> PEOPLE = List.of("alice", "bob", "mallory");
    private static final String GUARD_DIGEST = "sha256:" + "9".repeat(64);
    private static final Duration SETTLE = Duration.ofSeconds(5);

    /**
     * What keeps unapproved code from running.
     *
     * @param secondLook whether all is read and decided again when the sandbox is there
     * @param confirmed whether the policies are looked at before an approval is accepted, not just watched
     * @param continuity whether a starting operator compares the policies with those on record
     * @param lastLook whether the log refuses authorizations that it contradicts
     */
    record Safety(
            Set<ApprovalRule> rules, boolean secondLook, boolean confirmed, boolean continuity, boolean lastLook) {
        static final Safety ALL = new Safety(EnumSet.allOf(ApprovalRule.class), true, true, true, true);

        String missing() {
            var missing = EnumSet.allOf(ApprovalRule.class);
            missing.removeAll(rules);
            return missing
                    + (secondLook ? "" : " the second look")
                    + (confirmed ? "" : " the confirmed guard")
                    + (continuity ? "" : " continuity over a restart")
                    + (lastLook ? "" : " the log's own look");
        }
    }

    /** What is true of an approval, whatever its object says. */
    private static final class Approved {
        TemplateApproval object;
        TemplateApproval before;
        final TemplateApproval created;
        final String by;
        final String digest;
        final boolean denies;
        final boolean underGuard;
        final Set<String> writers;
        boolean revoked;
        boolean gone;

        Approved(TemplateApproval object, String by, boolean underGuard, Set<String> writers) {
            this.object = object;
            this.before = object;
            this.created = object;
            this.by = by;
            this.digest = object.getSpec().grant().templateDigest();
            this.denies = object.getSpec().grant().decision() == Decision.Denied;
            this.underGuard = underGuard;
            this.writers = Set.copyOf(writers);
        }

        Instant createdAt() {
            return Instant.parse(created.getMetadata().getCreationTimestamp());
        }

        /** Changed, and counted by the API server as changed. */
        void become(TemplateApproval next) {
            before = object;
            object = next;
            object.setMetadata(object.getMetadata()
                    .edit()
                    .withGeneration(before.getMetadata().getGeneration() + 1)
                    .build());
        }
    }

    private final Safety safety;
    private Instant now = Instant.parse("2026-11-21T10:00:00Z");
    private final MemoryLog log = new MemoryLog(new Clock() {
        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    private int uids;
    private int runs;

    // The cluster.
    private @Nullable CodeTemplate template;
    private Set<String> writers = Set.of();
    private final Map<String, Approved> approvals = new HashMap<>();
    // Those that were accepted while it was certain whose they are, whatever became of them.
    private final List<Approved> onRecord = new ArrayList<>();
    private boolean policiesStand = true;
    private int policies = 1;

    // The operator.
    private GuardState guard = stands(now);
    private int policiesSeen = 1;
    private @Nullable RunRequest underWay;

    TestingWorld(Safety safety) {
        this.safety = safety;
        log.append(new AuditEvent.GuardObserved(GUARD_DIGEST, "1", now, List.of()));
    }

    /** How many runs were handed over. */
    int runs() {
        return runs;
    }

    /** Something happens. @return what must never happen, if it did */
    Optional<String> step(Random random) {
        now = now.plusMillis(1 + random.nextInt(1500));
        switch (random.nextInt(22)) {
            case 0 -> edit(random);
            case 1 -> {
                if (random.nextInt(3) == 0) {
                    recreate(random);
                }
            }
            case 2 -> confirm();
            case 3, 4, 5 -> approve(random);
            case 6 -> any(random).ifPresent(this::revoke);
            case 7 ->
                any(random).ifPresent(approved -> {
                    approved.gone = true;
                    approved.revoked = true;
                });
            case 8 -> swapPolicies(policiesStand ? random.nextInt(3) > 0 : random.nextInt(4) > 0);
            case 9 -> tamper(random);
            case 10 -> look();
            case 11, 12, 13 -> recordTemplate();
            case 14, 15, 16 -> approvals.values().forEach(each -> judge(each, random));
            case 17 -> recordDeletions();
            case 18 -> {
                if (random.nextInt(3) == 0) {
                    restart(random);
                }
            }
            case 19, 20 -> {
                return underWay == null ? begin() : handOver();
            }
            default -> now = now.plusSeconds(random.nextInt(10));
        }
        return Optional.empty();
    }

    // What people do.

    private void edit(Random random) {
        if (template == null) {
            recreate(random);
            return;
        }
        String who = PEOPLE.get(random.nextInt(PEOPLE.size()));
        String code = code(random);
        boolean hidden = !policiesStand && random.nextBoolean();
        Set<Subject> authors = new HashSet<>(template.getSpec().authors());
        if (code.equals(template.getSpec().code())) {
            return;
        }
        if (!hidden) {
            authors.add(new Subject(who, null));
        }
        writers = with(writers, who);
        template = template(
                template.getMetadata()
                        .edit()
                        .withGeneration(template.getMetadata().getGeneration() + 1)
                        .build(),
                code,
                authors);
    }

    private void recreate(Random random) {
        String who = PEOPLE.get(random.nextInt(PEOPLE.size()));
        boolean hidden = !policiesStand && random.nextBoolean();
        writers = Set.of(who);
        // Creation times are whole seconds: what happens within one cannot be told apart by them.
        now = now.plusSeconds(1);
        template = template(
                meta("report", "t" + ++uids), code(random), hidden ? Set.of() : Set.of(new Subject(who, null)));
    }

    private void approve(Random random) {
        if (template == null) {
            return;
        }
        String who = PEOPLE.get(random.nextInt(PEOPLE.size()));
        String stated = policiesStand ? who : PEOPLE.get(random.nextInt(PEOPLE.size()));
        Set<Subject> restated = new HashSet<>(template.getSpec().authors());
        if (random.nextBoolean()) {
            restated.remove(new Subject(who, null));
        }
        // What admission itself refuses.
        if (policiesStand && restated.contains(new Subject(who, null))) {
            return;
        }
        String uid = "a" + ++uids;
        var grant = new Grant(
                new TemplateReference("report"),
                BehaviourProjection.of(template).digest(),
                random.nextInt(12) == 0 ? Decision.Denied : Decision.Approved,
                null,
                30 + random.nextInt(60),
                null,
                new Subject(stated, null),
                List.copyOf(restated),
                null);
        approvals.put(uid, new Approved(approval(meta(uid, uid), grant, null), who, policiesStand, writers));
    }

    private void revoke(Approved approved) {
        approved.revoked = true;
        approved.become(approval(
                approved.object.getMetadata(),
                approved.object.getSpec().grant(),
                new Revocation(new Subject("alice", null), null)));
    }

    private void swapPolicies(boolean stand) {
        if (stand != policiesStand) {
            policiesStand = stand;
            policies++;
        }
    }

    // With the policies out of the way, what was frozen can be got round.
    private void tamper(Random random) {
        if (policiesStand) {
            return;
        }
        any(random).ifPresent(approved -> {
            var grant = approved.object.getSpec().grant();
            if (log.approvals().revoked(approved.object.getMetadata().getUid())) {
                // From a backup of the cluster's store.
                approved.object = approved.created;
                approved.gone = false;
            } else if (random.nextBoolean()) {
                approved.become(approval(approved.object.getMetadata(), grant, null));
            } else if (template != null) {
                approved.become(approval(
                        approved.object.getMetadata(),
                        new Grant(
                                grant.templateRef(),
                                BehaviourProjection.of(template).digest(),
                                grant.decision(),
                                grant.reason(),
                                grant.validForSeconds(),
                                grant.ceilings(),
                                grant.approvedBy(),
                                template.getSpec().authors(),
                                grant.snapshot()),
                        approved.object.getSpec().revocation()));
            }
        });
    }

    // What the operator does.

    private void look() {
        if (policies != policiesSeen) {
            policiesSeen = policies;
            guard = policiesStand ? stands(now.plus(SETTLE)) : GuardState.broken(List.of("altered"));
            log.append(
                    policiesStand
                            ? new AuditEvent.GuardRestored(
                                    GUARD_DIGEST, Integer.toString(policies), guard.since(), List.of())
                            : new AuditEvent.GuardFailed(null, List.of("altered")));
        }
    }

    private void confirm() {
        if (safety.confirmed()) {
            look();
        }
    }

    private void recordTemplate() {
        CodeTemplate live = template;
        if (live == null) {
            return;
        }
        confirm();
        if (!now.isBefore(guard.since())) {
            TemplateRecords.due(
                            facts(live),
                            log.approvals().observed(live.getMetadata().getUid()),
                            guard)
                    .ifPresent(log::append);
        }
    }

    private void judge(Approved approved, Random random) {
        if (approved.gone) {
            return;
        }
        var seen = random.nextInt(3) == 0 ? approved.before : approved.object;
        var live = Optional.ofNullable(template).map(each -> LiveTemplate.of(each, log.approvals()));
        confirm();
        var plan = ApprovalPlanner.plan(ObservedApproval.of(seen, log.approvals()), live, terms(), safety.rules());
        plan.event()
                .filter(event -> !log.append(event).isCompletedExceptionally())
                .filter(event -> event instanceof AuditEvent.ApprovalAccepted accepted
                        && accepted.identity() == Identity.Verified)
                .ifPresent(event -> onRecord.add(approved));
    }

    private void recordDeletions() {
        log.approvals().inEffect().stream()
                .filter(each -> {
                    var approved = approvals.get(each.event().subject().uid());
                    return approved == null || approved.gone;
                })
                .forEach(each -> log.append(ApprovalPlanner.gone(each.event(), now)));
    }

    private void restart(Random random) {
        log.restart();
        underWay = null;
        // Nobody looks while it is away.
        for (int i = random.nextInt(4); i > 0; i--) {
            now = now.plusSeconds(1);
            switch (random.nextInt(4)) {
                case 0 -> swapPolicies(!policiesStand);
                case 1 -> approve(random);
                case 2 -> edit(random);
                default -> tamper(random);
            }
        }
        resume();
    }

    private void resume() {
        var last = log.lastGuard().orElseThrow().event();
        String recorded =
                switch (last) {
                    case AuditEvent.GuardObserved observed -> observed.objects();
                    case AuditEvent.GuardRestored restored -> restored.objects();
                    case AuditEvent.GuardFailed failed -> "";
                };
        Instant since =
                switch (last) {
                    case AuditEvent.GuardObserved observed -> observed.since();
                    case AuditEvent.GuardRestored restored -> restored.since();
                    case AuditEvent.GuardFailed failed -> now.plus(SETTLE);
                };
        boolean same = recorded.equals(Integer.toString(policies)) || !safety.continuity();
        policiesSeen = policies;
        guard = !policiesStand ? GuardState.broken(List.of("altered")) : stands(same ? since : now.plus(SETTLE));
        if (policiesStand && !same) {
            log.append(
                    new AuditEvent.GuardRestored(GUARD_DIGEST, Integer.toString(policies), guard.since(), List.of()));
        } else if (!policiesStand) {
            log.append(new AuditEvent.GuardFailed(null, List.of("altered")));
        }
    }

    private Optional<String> begin() {
        var request = read();
        if (RunChecks.chain().decide(request).allows()) {
            underWay = request;
        }
        return Optional.empty();
    }

    private Optional<String> handOver() {
        RunRequest request = safety.secondLook() ? read() : underWay;
        underWay = null;
        if (request == null || !RunChecks.chain().decide(request).allows()) {
            return Optional.empty();
        }
        try {
            if (safety.lastLook()) {
                log.append(authorized(request)).join();
            }
        } catch (java.util.concurrent.CompletionException e) {
            if (e.getCause() instanceof AuditConflictException) {
                return Optional.empty();
            }
            throw e;
        }
        runs++;
        return violation(request);
    }

    /** What must never be, in the world's own knowledge. */
    private Optional<String> violation(RunRequest request) {
        var template = request.template().orElseThrow();
        Approved approved =
                approvals.get(request.approval().orElseThrow().getMetadata().getUid());
        if (!approved.digest.equals(template.digest())) {
            return Optional.of("other code than the approved ran");
        }
        if (approved.writers.contains(approved.by)) {
            return Optional.of(approved.by + " approved what they had written in");
        }
        if (!approved.underGuard) {
            return Optional.of("an approval counted that was made without the policies");
        }
        if (approved.revoked) {
            return Optional.of("a revoked approval counted");
        }
        if (approved.denies || approvals.values().stream().anyMatch(each -> denies(each, approved.digest))) {
            return Optional.of("something ran that is denied");
        }
        if (onRecord.stream()
                .anyMatch(each ->
                        each.digest.equals(approved.digest) && each.createdAt().isAfter(approved.createdAt()))) {
            return Optional.of("an approval counted after a later decision was on record");
        }
        if (!ObservedApproval.of(approved.object, log.approvals()).expiry().isAfter(now)) {
            return Optional.of("an expired approval counted");
        }
        return guard.intact() ? Optional.empty() : Optional.of("something ran with the guard known to be broken");
    }

    private boolean denies(Approved each, String digest) {
        return each.denies
                && each.underGuard
                && !each.gone
                && !each.revoked
                && each.digest.equals(digest)
                && ObservedApproval.of(each.object, log.approvals()).expiry().isAfter(now);
    }

    private RunRequest read() {
        var observed = new Approvals(approvals.values().stream()
                .filter(each -> !each.gone)
                .map(each -> ObservedApproval.of(each.object, log.approvals()))
                .toList());
        var facts = Optional.ofNullable(template).map(TestingWorld::facts);
        var live = Optional.ofNullable(template).map(each -> LiveTemplate.of(each, log.approvals()));
        return new RunRequest(
                execution(),
                Optional.of(FINANCE),
                facts,
                observed.judge(live, terms(), safety.rules()),
                Optional.empty(),
                guard,
                Usage.NONE,
                now);
    }

    private Terms terms() {
        return new Terms(guard, DepartmentPolicy.DEFAULT, now);
    }

    // Objects.

    private static GuardState stands(Instant since) {
        return new GuardState(true, List.of(), GUARD_DIGEST, since, Mode.ENFORCE);
    }

    private Optional<Approved> any(Random random) {
        var all = approvals.keySet().stream().sorted().toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(approvals.get(all.get(random.nextInt(all.size()))));
    }

    private static String code(Random random) {
        return "print(" + random.nextInt(2) + ")";
    }

    private static Set<String> with(Set<String> some, String another) {
        var all = new HashSet<>(some);
        all.add(another);
        return all;
    }

    private ObjectMeta meta(String name, String uid) {
        return new ObjectMetaBuilder()
                .withNamespace(NAMESPACE)
                .withName(name)
                .withUid(uid)
                .withGeneration(1L)
                .withCreationTimestamp(now.truncatedTo(ChronoUnit.SECONDS).toString())
                .build();
    }

    private static CodeTemplate template(ObjectMeta meta, String code, Set<Subject> authors) {
        var template = new CodeTemplate();
        template.setMetadata(meta);
        template.setSpec(new CodeTemplateSpec(
                null,
                Language.Python,
                code,
                false,
                null,
                null,
                null,
                null,
                null,
                0,
                null,
                List.of(),
                new ArrayList<>(authors)));
        return template;
    }

    private static TemplateFacts facts(CodeTemplate template) {
        return TemplateFacts.of(template, Set.of());
    }

    private static TemplateApproval approval(ObjectMeta meta, Grant grant, @Nullable Revocation revocation) {
        var approval = new TemplateApproval();
        approval.setMetadata(meta);
        approval.setSpec(new TemplateApprovalSpec(grant, revocation));
        return approval;
    }

    private Execution execution() {
        var execution = new Execution();
        execution.setMetadata(meta("run", "e" + ++uids));
        execution.setSpec(new ExecutionSpec(
                new PinnedTemplateReference("report", null),
                null,
                null,
                List.of(),
                null,
                null,
                new Subject("agent", null),
                null,
                null,
                null,
                null));
        return execution;
    }

    private static AuditEvent authorized(RunRequest request) {
        var meta = request.execution().getMetadata();
        var approval = request.approval().orElseThrow();
        var digests = request.digests();
        return new AuditEvent.ExecutionAuthorized(
                new AuditSubject(NAMESPACE, "Execution", meta.getName(), meta.getUid(), 1),
                1,
                new Actor("agent", null),
                request.terms().identity(request.now()),
                "report",
                request.template().orElseThrow().digest(),
                new ApprovalReference(
                        approval.getMetadata().getName(),
                        approval.getMetadata().getUid(),
                        new Actor(approval.getSpec().grant().approvedBy().username(), null)),
                null,
                digests.request(),
                digests.inputs(),
                digests.code(),
                new RunLimits(1, 1, 1, 1, 1, 1),
                new SandboxReference("finance-sandboxes", "pod", "p1", null),
                null,
                null,
                "k1",
                request.terms().governance(null));
    }
}
