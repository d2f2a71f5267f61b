/**
 * TemplateApprovals: which approval, if any, lets a template run now. Pure, but for the reconciler.
 */
@NullMarked
package dev.countersign.approval;

import org.jspecify.annotations.NullMarked;
