package dev.countersign.guard.check;

/** The rules of the admission policies that a forgery can try, by the ids their messages begin with. */
public enum Rule {
    APPROVER_IS_CALLER("approver-is-caller"),
    APPROVER_UID_IS_CALLER("approver-uid-is-caller"),
    APPROVER_IS_NOT_AUTHOR("approver-is-not-author"),
    APPROVER_IS_NOT_REQUESTER("approver-is-not-requester"),
    REVOKER_IS_CALLER("revoker-is-caller"),
    NO_OWNERS("no-owners"),
    REVOKE_AUTHORITY("revoke-authority"),
    APPROVE_AUTHORITY("approve-authority"),
    REQUESTER_IS_CALLER("requester-is-caller"),
    REQUESTER_UID_IS_CALLER("requester-uid-is-caller"),
    AUTHORS_ONLY_SELF("authors-only-self"),
    MACHINE_LEAVES_AUTHORS("machine-leaves-authors"),
    MACHINES_DO_NOT_AUTHOR("machines-do-not-author"),
    NO_FOREIGN_FINALIZERS("no-foreign-finalizers"),
    PODS_ARE_OPERATORS("pods-are-operators"),
    BOUNDS_ARE_INSTALLERS("bounds-are-installers");

    private final String id;

    Rule(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }
}
