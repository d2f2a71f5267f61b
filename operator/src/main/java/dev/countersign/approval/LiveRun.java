package dev.countersign.approval;

import dev.countersign.api.Subject;
import java.time.Instant;

/**
 * A run that waits for a person, as far as approvals are concerned.
 *
 * @param name of the Execution
 * @param uid of the Execution
 * @param created when the Execution was admitted, by the API server's clock
 * @param requestDigest of all that the person decides about
 * @param template name of the template it runs
 * @param templateDigest of that template
 */
public record LiveRun(
        String name,
        String uid,
        Instant created,
        Subject requestedBy,
        String requestDigest,
        String template,
        String templateDigest) {}
