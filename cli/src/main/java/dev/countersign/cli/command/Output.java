package dev.countersign.cli.command;

/** How a command prints; the names are what the caller types. */
enum Output {
    text,
    json
}
