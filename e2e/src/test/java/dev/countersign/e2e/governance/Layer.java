package dev.countersign.e2e.governance;

import java.util.Optional;

/**
 * What answers a request, as table.yaml writes it: {@code allowed}, or the layer that denies it.
 *
 * @param name {@code allowed}, {@code RBAC}, {@code CRD}, {@code PodSecurity}, {@code NodeRestriction},
 *     {@code operator} or a policy's name
 * @param detail words of the CRD's message, the policy's rule, or the operator's reason; empty for the others
 */
record Layer(String name, String detail) {
    static final Layer ALLOWED = new Layer("allowed", "");

    static final String RBAC = "RBAC";
    static final String CRD = "CRD";
    static final String NODE_RESTRICTION = "NodeRestriction";
    static final String POD_SECURITY = "PodSecurity";
    static final String OPERATOR = "operator";

    static Layer of(String text) {
        if (text.startsWith(CRD + ": ")) {
            return new Layer(CRD, text.substring(CRD.length() + 2));
        }
        int slash = text.indexOf('/');
        return slash < 0 ? new Layer(text, "") : new Layer(text.substring(0, slash), text.substring(slash + 1));
    }

    boolean isPolicy() {
        return name.startsWith("countersign-");
    }

    boolean isOperator() {
        return name.equals(OPERATOR);
    }

    /** What the API server itself says, before any operator does. */
    Layer atTheApiServer() {
        return isOperator() ? ALLOWED : this;
    }

    Optional<String> reason() {
        return isOperator() ? Optional.of(detail) : Optional.empty();
    }

    /** Whether an answer that the API server gave is this one; of the words of a CRD only some are told. */
    boolean fits(Layer given) {
        return name.equals(given.name)
                && (name.equals(CRD) ? given.detail.contains(detail) : given.detail.equals(detail));
    }

    @Override
    public String toString() {
        return detail.isEmpty() ? name : name + (name.equals(CRD) ? ": " : "/") + detail;
    }
}
