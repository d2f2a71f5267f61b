/**
 * The kind CodeTemplate: code that a person can approve once, by the digest of what it does.
 */
@NullMarked
package dev.countersign.api.codetemplate;

import org.jspecify.annotations.NullMarked;
