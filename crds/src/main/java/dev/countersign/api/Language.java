package dev.countersign.api;

/** What a template's code is written in. */
public enum Language {
    /** Run as {@code python3 main.py}. */
    Python,
    /** Run by Node.js as a CommonJS module, {@code main.js}. */
    JavaScript,
    /** Run as {@code bash main.sh}. */
    Bash
}
