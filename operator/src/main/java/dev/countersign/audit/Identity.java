package dev.countersign.audit;

/** How far the names in a record can be trusted. The constants are the words in the log. */
public enum Identity {
    /** Stated by whoever wrote the object; nothing checked it. */
    Unverified,
    /** Asserted by the API server's admission. */
    Verified
}
