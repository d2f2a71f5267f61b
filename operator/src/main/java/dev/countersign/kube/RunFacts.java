package dev.countersign.kube;

import dev.countersign.api.execution.Execution;
import dev.countersign.policy.RunRequest;
import java.util.List;
import java.util.Optional;

/**
 * What a decision about a run rests on, in three qualities.
 *
 * <p>Only {@link #look} and {@link #read} ask the API server itself: an approval revoked a moment ago must not count.
 * What {@link #seen} answers may choose a sandbox, and decides nothing.
 */
public interface RunFacts {

    /** As the watches have last shown it, at once; empty: they do not know the template, or are not there yet. */
    Optional<RunRequest> seen(Execution execution);

    /**
     * Read live, each object by its name: approvals that the watch has not shown are missing. Good enough to allow a
     * run, because what it rests on was read; never to refuse one.
     *
     * @return empty: this very Execution is gone
     */
    Optional<RunRequest> look(Execution execution);

    /**
     * Read live, the approvals by a list: nothing is missing, and up to a tenth of a second may pass.
     *
     * @return empty: this very Execution is gone
     */
    Optional<RunRequest> read(Execution execution);

    /** These requests, all of one template, as judged by all approvals of it that there are now, listed. */
    List<RunRequest> relisted(Catalog.TemplateKey template, List<RunRequest> requests);

    /** From now on these watches say what there is to read. Without them nothing is seen, and approvals are listed. */
    void follow(WatchedTemplates watches);
}
