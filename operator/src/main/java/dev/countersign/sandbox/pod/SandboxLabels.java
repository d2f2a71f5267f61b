package dev.countersign.sandbox.pod;

import java.util.Map;
import java.util.TreeMap;

/**
 * Labels of what the operator makes for sandboxes. A pod's labels never change after its creation, and none tells
 * which Execution it serves: that is handed over through its stdin and written to the audit log.
 */
public final class SandboxLabels {
    /** Name of the department's namespace. */
    public static final String DEPARTMENT = "countersign.dev/department";

    /** {@link SandboxShape#hash} of a pod. */
    public static final String SHAPE = "countersign.dev/shape";

    /** What kind of thing it is; {@link #SANDBOX} on pods. */
    public static final String COMPONENT = "app.kubernetes.io/component";

    /** The {@link #COMPONENT} of a sandbox pod. */
    public static final String SANDBOX = "sandbox";

    /** The {@link #COMPONENT} of a sandbox namespace's bounds, as in the chart. */
    static final String BOUNDS = "sandboxes";

    private SandboxLabels() {}

    /** Labels of a sandbox pod. */
    static Map<String, String> ofPod(String department, SandboxShape shape) {
        var labels = common(department, SANDBOX);
        labels.put(SHAPE, shape.hash());
        return labels;
    }

    /** Labels of what bounds a department's sandbox namespace. */
    static Map<String, String> ofBounds(String department) {
        return common(department, BOUNDS);
    }

    /** Sorted, so that the same object is always the same text. */
    private static Map<String, String> common(String department, String component) {
        return new TreeMap<>(Map.of(
                "app.kubernetes.io/name",
                "countersign",
                COMPONENT,
                component,
                "app.kubernetes.io/part-of",
                "countersign",
                "app.kubernetes.io/managed-by",
                "countersign-operator",
                DEPARTMENT,
                department));
    }
}
