package dev.countersign.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;

/**
 * Everything outside the program but the API server.
 *
 * @param in what the caller types or pipes
 * @param asks a person sits at the input, who can be asked
 * @param asciiOnly the terminal does not read UTF-8
 * @param width columns to wrap at
 */
public record Surroundings(
        Map<String, String> environment,
        InputStream in,
        PrintStream out,
        PrintStream err,
        Clock clock,
        boolean asks,
        boolean asciiOnly,
        int width) {}
