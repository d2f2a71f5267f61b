package dev.countersign.guard.check;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of objects by which the chart asks the API server to guard approvals. */
public enum PolicyKind {
    /** Refuses. */
    POLICY("ValidatingAdmissionPolicy", "validatingadmissionpolicies", true),
    /** Puts a refusing policy into effect. */
    BINDING("ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", true),
    /** Fills in names, for convenience: the refusing policies judge what it has filled in. */
    FILLING_POLICY("MutatingAdmissionPolicy", "mutatingadmissionpolicies", false),
    /** Puts a filling policy into effect. */
    FILLING_BINDING("MutatingAdmissionPolicyBinding", "mutatingadmissionpolicybindings", false);

    private final String kind;
    private final String plural;
    private final boolean guards;

    PolicyKind(String kind, String plural, boolean guards) {
        this.kind = kind;
        this.plural = plural;
        this.guards = guards;
    }

    /** As in {@code kind} of an object. */
    public String kind() {
        return kind;
    }

    /** As in a URL. */
    public String plural() {
        return plural;
    }

    /** Whether approvals are worth nothing without it. */
    public boolean guards() {
        return guards;
    }

    static Optional<PolicyKind> of(String kind) {
        return Arrays.stream(values()).filter(each -> each.kind.equals(kind)).findFirst();
    }
}
