/**
 * The kind TemplateApproval: a person's decision about one CodeTemplate as it was at that moment.
 */
@NullMarked
package dev.countersign.api.templateapproval;

import org.jspecify.annotations.NullMarked;
