package dev.countersign.kube;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.template.TemplateFacts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What follows from templates, worked out once for each version of an object: a warm run meets the same one in the
 * watch's copy and in the live read, and the next run meets it again.
 */
final class KnownTemplates {
    /** Versions kept; each holds its template, at most 256 KiB, which the watch's cache mostly holds as well. */
    private static final int MOST = 256;

    /** An object's resourceVersion names its content; the images a department allows are judged with it. */
    private record Version(String uid, String resourceVersion, Set<String> allowedImages) {}

    private final Map<Version, TemplateFacts> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Version, TemplateFacts> eldest) {
            return size() > MOST;
        }
    };

    TemplateFacts of(CodeTemplate template, Set<String> allowedImages) {
        var meta = template.getMetadata();
        var version = new Version(meta.getUid(), meta.getResourceVersion(), allowedImages);
        synchronized (known) {
            var before = known.get(version);
            if (before != null) {
                return before;
            }
        }
        // Outside of the lock: a large template takes milliseconds, and twice the same is the same.
        var facts = TemplateFacts.of(template, allowedImages);
        synchronized (known) {
            known.put(version, facts);
        }
        return facts;
    }
}
