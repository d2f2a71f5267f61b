package dev.countersign.sandbox.pod;

import dev.countersign.api.Language;
import dev.countersign.canonical.Digest;

/**
 * What makes two waiting sandboxes of a department interchangeable. Narrower limits than the classes travel in the job
 * and are the supervisor's to hold. A shape has no egress: no sandbox has any.
 *
 * @param language what its supervisor starts
 * @param image reference of the image
 * @param memoryClassBytes memory that the code may use at most
 * @param diskClassBytes size of the work directory, which lies in memory too
 * @param runtimeClassName name of the RuntimeClass
 */
public record SandboxShape(
        Language language, String image, long memoryClassBytes, long diskClassBytes, String runtimeClassName) {
    private static final int HASH_LENGTH = 16;

    /** @throws IllegalArgumentException for a class that is not above zero */
    public SandboxShape {
        if (memoryClassBytes <= 0 || diskClassBytes <= 0) {
            throw new IllegalArgumentException(
                    "a sandbox of " + memoryClassBytes + " bytes of memory and " + diskClassBytes + " of disk");
        }
    }

    /**
     * Sixteen hex digits, equal for equal shapes on every machine and in every version that knows the same shapes: fit
     * for a label value. 64 bits keep apart the few dozen shapes of a cluster.
     */
    public String hash() {
        // No part can hold a newline: an image reference and a DNS name have none, so no two shapes have one text.
        String text = String.join(
                "\n",
                language.name(),
                image,
                Long.toString(memoryClassBytes),
                Long.toString(diskClassBytes),
                runtimeClassName);
        String digest = Digest.tagged("countersign/shape/v1", text);
        return digest.substring(digest.indexOf(':') + 1).substring(0, HASH_LENGTH);
    }
}
