package dev.countersign.execution;

import dev.countersign.api.Reason;
import dev.countersign.api.execution.Execution;
import dev.countersign.policy.RunRequest;
import dev.countersign.policy.Verdict;
import dev.countersign.sandbox.SandboxUnavailable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What keeps a run from running, told to whoever waits for it; and what follows. */
final class Obstacles {
    private final RunEnvironment env;
    private final Publication publication;
    private final EndRequest endRequest;

    Obstacles(RunEnvironment env, Publication publication, EndRequest endRequest) {
        this.env = env;
        this.publication = publication;
        this.endRequest = endRequest;
    }

    /** Whether nothing is in the way of this request, so far as these facts tell. */
    boolean isFree(RunRequest request) {
        return ending(request).isEmpty() && env.checks().decide(request).allows();
    }

    /**
     * Whether it is likely enough to run that a sandbox may be kept from others while it is looked at: what the watches
     * have last shown decides nothing. One that a person must release is not.
     */
    boolean isWorthAClaim(RunRequest seen) {
        return ending(seen).isEmpty()
                && seen.department().isPresent()
                && seen.approval().isPresent()
                && !seen.needsPerson();
    }

    /** Tells what is in the way; empty: nothing is. Only for facts that nothing is missing from. */
    Optional<Run.Next> tell(RunRequest request) throws InterruptedException {
        var ending = ending(request);
        if (ending.isPresent()) {
            return Optional.of(refuse(request, ending.get(), "ended before it ran"));
        }
        return switch (env.checks().decide(request).verdict()) {
            case Verdict.Allow allow -> Optional.empty();
            case Verdict.Deny deny -> Optional.of(refuse(request, deny.reason(), deny.message()));
            case Verdict.Hold hold -> {
                publication.hold(
                        hold.reason(),
                        hold.message(),
                        digest(request),
                        request.needsPerson() ? request.digests().request() : null);
                yield Optional.of(Run.Next.HELD);
            }
        };
    }

    /** No sandbox could be had for it. */
    Run.Next withoutSandbox(RunRequest request, SandboxUnavailable why, int tries) throws InterruptedException {
        if (endRequest.asked().isPresent()) {
            return refuse(request, endRequest.asked().get(), "ended before it ran");
        }
        if (tries >= Run.MOST_TRIES) {
            return refuse(request, Reason.SandboxUnavailable, why.getMessage());
        }
        publication.hold(
                Reason.SandboxUnavailable, why.getMessage() + " (try " + tries + " of " + Run.MOST_TRIES + ")", null);
        return Run.Next.TRY_AGAIN;
    }

    /** No log, no run. Nothing has run, so it waits for the log, as long as it takes or its deadline allows. */
    Run.Next withoutAudit(RunRequest request) throws InterruptedException {
        if (endRequest.asked().isPresent()) {
            return refuse(request, endRequest.asked().get(), "ended before it ran");
        }
        publication.hold(
                Reason.AuditUnavailable,
                "the audit log takes no records, so nothing runs ("
                        + env.audit().health().reason() + "); it is tried again by itself",
                digest(request));
        return Run.Next.WITHOUT_AUDIT;
    }

    Run.Next refuse(RunRequest request, Reason reason, String message) throws InterruptedException {
        return publication.refuse(AuditRecords.refusal(request, reason, message));
    }

    // A cancellation or a deletion may be in what was just read before its event has come.
    private Optional<Reason> ending(RunRequest request) {
        Execution execution = request.execution();
        return endRequest
                .asked()
                .or(() -> execution.getMetadata().getDeletionTimestamp() != null
                                || Boolean.TRUE.equals(execution.getSpec().cancel())
                        ? Optional.of(Reason.Cancelled)
                        : Optional.empty());
    }

    private static @Nullable String digest(RunRequest request) {
        return request.template().map(each -> each.digest()).orElse(null);
    }
}
