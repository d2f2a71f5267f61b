package dev.countersign.audit;

/** Who vouches for who wrote a template. The constants are the words in the log. */
public enum Authorship {
    /** Admission noted everybody who changed the template's behaviour, and none of them approved it. */
    internal,
    /** Machines wrote it; who wrote what they copied is known to the Git host only. */
    external
}
