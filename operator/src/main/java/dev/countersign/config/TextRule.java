package dev.countersign.config;

import java.util.regex.Pattern;

/**
 * What a text must look like.
 *
 * @param maxLength in characters
 * @param description completes "must be ..."
 */
record TextRule(Pattern pattern, int maxLength, String description) {

    static final TextRule DNS_LABEL = rule("[a-z0-9]([-a-z0-9]*[a-z0-9])?", 63, "a DNS label, such as finance-eu");
    static final TextRule DNS_SUBDOMAIN =
            rule("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", 253, "a DNS name");
    static final TextRule IDENTITY = rule("[\\x21-\\x7e]+", 256, "printable ASCII without spaces");
    static final TextRule DIRECTORY = rule("(/[A-Za-z0-9._-]+)+", 255, "an absolute path");
    static final TextRule IMAGE =
            rule("[a-zA-Z0-9]([a-zA-Z0-9._:/-]*[a-zA-Z0-9])?(@sha256:[a-f0-9]{64})?", 512, "an image reference");
    static final TextRule IMAGE_BY_DIGEST = rule(
            "[a-zA-Z0-9][a-zA-Z0-9._:/-]*@sha256:[a-f0-9]{64}", 512, "an image reference with @sha256:<64 hex digits>");
    static final TextRule PULL_POLICY = rule("Always|IfNotPresent|Never", 16, "one of Always, IfNotPresent and Never");
    /** Not Off for a plain {@code false}, which somebody may mean otherwise. */
    static final TextRule GUARD_MODE = rule("Enforce|Off", 7, "Enforce or Off");

    static final TextRule BYTES = rule("[1-9][0-9]{0,12}(Ki|Mi|Gi)?", 16, "a size such as 64Mi or 1Gi");
    static final TextRule CPU = rule("[1-9][0-9]{0,5}m?", 7, "CPUs such as \"1\" or 500m");

    private static TextRule rule(String pattern, int maxLength, String description) {
        return new TextRule(Pattern.compile(pattern), maxLength, description);
    }

    boolean accepts(String text) {
        return text.length() <= maxLength && pattern.matcher(text).matches();
    }
}
