package dev.countersign.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A department whose approvals were guarded from a later instant on than those of the others, because the policies could
 * not be tried there when they were seen to act again elsewhere.
 *
 * @param namespace of the department
 * @param since absent while they could not
 */
public record LaterGuarded(String namespace, @Nullable Instant since) {}
