package dev.countersign;

import java.util.Optional;

/** The operator's version, as its jar states it. */
final class Version {
    private Version() {}

    static String of() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
