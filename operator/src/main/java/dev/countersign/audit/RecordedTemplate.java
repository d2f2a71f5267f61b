package dev.countersign.audit;

import dev.countersign.audit.AuditEvent.TemplateObserved;
import java.time.Instant;

/**
 * The last that the log says about a template.
 *
 * @param at time of the record: the template was so at that moment
 */
public record RecordedTemplate(TemplateObserved event, Instant at) {}
