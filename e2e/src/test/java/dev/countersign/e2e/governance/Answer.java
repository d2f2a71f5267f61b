package dev.countersign.e2e.governance;

import java.net.HttpURLConnection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the API server said to one request.
 *
 * @param message the message of its Status; empty where it said yes
 * @param body all that it said
 */
record Answer(int code, String message, String body) {
    private static final int UNPROCESSABLE = 422;

    private static final Pattern POLICY =
            Pattern.compile("ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: \\[([a-z-]+)]");
    /** What the API server's own rule for kubelets says of one that is who it says, and may not. */
    private static final Pattern NODE = Pattern.compile("node \"[^\"]+\" can only ");

    private static final Pattern RBAC = Pattern.compile("User \"[^\"]*\" cannot \\w+ resource");

    /** What comes after all checks when a request to talk to a container does not ask for a stream. */
    private static final Pattern NO_STREAM =
            Pattern.compile("Upgrade request required|does not have a host assigned|unable to upgrade");

    /** What comes after all checks when a pod that never starts is bound to a node. */
    private static final String NEVER_BOUND = "has non-empty .spec.schedulingGates";

    Layer layer() {
        Matcher policy = POLICY.matcher(message);
        if (policy.find()) {
            return new Layer(policy.group(1), policy.group(2));
        }
        if (code < HttpURLConnection.HTTP_BAD_REQUEST) {
            return Layer.ALLOWED;
        }
        if (code == HttpURLConnection.HTTP_FORBIDDEN && RBAC.matcher(message).find()) {
            return new Layer(Layer.RBAC, "");
        }
        if (code == HttpURLConnection.HTTP_FORBIDDEN && NODE.matcher(message).find()) {
            return new Layer(Layer.NODE_RESTRICTION, "");
        }
        if (code == HttpURLConnection.HTTP_FORBIDDEN && message.contains("violates PodSecurity")) {
            return new Layer(Layer.POD_SECURITY, "");
        }
        if (code == HttpURLConnection.HTTP_BAD_REQUEST
                && NO_STREAM.matcher(message).find()) {
            return Layer.ALLOWED;
        }
        if (code == HttpURLConnection.HTTP_CONFLICT && message.contains(NEVER_BOUND)) {
            return Layer.ALLOWED;
        }
        if (code == UNPROCESSABLE || code == HttpURLConnection.HTTP_BAD_REQUEST) {
            return new Layer(Layer.CRD, message);
        }
        return new Layer("no known layer", code + " " + message);
    }

    @Override
    public String toString() {
        return code + " " + message;
    }
}
