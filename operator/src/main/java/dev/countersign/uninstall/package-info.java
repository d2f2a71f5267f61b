/** The orderly end of an installation, while its rights are still there. */
@NullMarked
package dev.countersign.uninstall;

import org.jspecify.annotations.NullMarked;
