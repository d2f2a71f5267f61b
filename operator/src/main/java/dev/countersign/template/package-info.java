/**
 * CodeTemplates: what a template does, its digest, whether it is valid.
 */
@NullMarked
package dev.countersign.template;

import org.jspecify.annotations.NullMarked;
