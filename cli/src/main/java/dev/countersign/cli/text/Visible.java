package dev.countersign.cli.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes visible what a terminal would swallow, act upon or draw as something else, and counts it.
 *
 * <p>Every such character becomes {@code <U+XXXX>}: control characters (ESC and CR among them), bidirectional controls,
 * zero-width and other format characters, tags, variation selectors, fillers, spaces that are not the space, line and
 * paragraph separators, private and unassigned code points, lone surrogates, and marks without a letter to stand on. A
 * text that contains {@code <U+} itself gets its {@code <} escaped, so what is shown has one reading only.
 *
 * <p>Right-to-left letters are seen for what they are, but a terminal that reorders them moves what stands around them,
 * too. People have names in them, so they are counted and stay as they are; in code they are escaped like the rest, for
 * its order is what it does.
 *
 * <p>Not thread-safe: one for a page.
 */
public final class Visible {
    /** More marks than this on one letter are no writing system but a tower over the lines around it. */
    private static final int MOST_MARKS = 3;

    private static final int TAB = 8;

    private final boolean asciiOnly;
    private int hidden;
    private int rightToLeft;

    /**
     * @param asciiOnly everything beyond ASCII is escaped as well (and not counted), for terminals that do not read
     *     UTF-8: they would take bytes of it for control characters
     */
    public Visible(boolean asciiOnly) {
        this.asciiOnly = asciiOnly;
    }

    /** How many characters would not have been seen for what they are. */
    public int hidden() {
        return hidden;
    }

    /** What is said above what was shown, a line each; empty: nothing to warn of. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (hidden > 0) {
            warnings.add(
                    hidden == 1
                            ? "1 invisible or control character is shown as <U+....>"
                            : hidden + " invisible or control characters are shown as <U+....>");
        }
        if (rightToLeft > 0) {
            warnings.add((rightToLeft == 1 ? "1 right-to-left letter" : rightToLeft + " right-to-left letters")
                    + ": a terminal may draw such lines in another order; in code they are shown as <U+....>");
        }
        return warnings;
    }

    /** A text that is one line; line feeds and tabs in it are shown as characters too. */
    public String line(String text) {
        return shown(text, false, false);
    }

    /** The lines of a text, split at line feeds only; tabs become spaces up to the next eighth column. */
    public List<String> lines(String text) {
        return lines(text, false);
    }

    /** The same of code: nothing in it may be drawn in another order than it is read in. */
    public List<String> code(String text) {
        return lines(text, true);
    }

    private List<String> lines(String text, boolean code) {
        String whole = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int end = whole.indexOf('\n'); end >= 0; end = whole.indexOf('\n', start)) {
            lines.add(shown(whole.substring(start, end), true, code));
            start = end + 1;
        }
        lines.add(shown(whole.substring(start), true, code));
        return lines;
    }

    private String shown(String text, boolean tabs, boolean code) {
        var shown = new StringBuilder(text.length() + 16);
        int marks = MOST_MARKS + 1;
        int column = 0;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            boolean mark = isMark(character);
            marks = mark ? marks + 1 : 0;
            int before = shown.length();
            if (character == '\t' && tabs) {
                shown.repeat(' ', TAB - column % TAB);
            } else if (isHidden(character) || marks > MOST_MARKS) {
                hidden++;
                marks = MOST_MARKS;
                escape(shown, character);
            } else if (isRightToLeft(character) && !asciiOnly) {
                rightToLeft++;
                if (code) {
                    // A mark after it would stand on our escape.
                    marks = MOST_MARKS;
                    escape(shown, character);
                } else {
                    shown.appendCodePoint(character);
                }
            } else if (character == '<' && text.startsWith("U+", i + 1) || asciiOnly && character > '~') {
                escape(shown, character);
            } else {
                shown.appendCodePoint(character);
            }
            column += Columns.of(shown, before);
            i += Character.charCount(character);
        }
        return shown.toString();
    }

    private static void escape(StringBuilder shown, int character) {
        shown.append(String.format("<U+%04X>", character));
    }

    private static boolean isMark(int character) {
        int type = Character.getType(character);
        return type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || type == Character.COMBINING_SPACING_MARK;
    }

    private static boolean isRightToLeft(int character) {
        return switch (Character.getDirectionality(character)) {
            case Character.DIRECTIONALITY_RIGHT_TO_LEFT,
                    Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC,
                    Character.DIRECTIONALITY_ARABIC_NUMBER -> true;
            default -> false;
        };
    }

    private static boolean isHidden(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            case Character.SPACE_SEPARATOR -> character != ' ';
            default -> looksLikeNothing(character);
        };
    }

    // Letters, marks and symbols by their category, but drawn as nothing (Unicode: Default_Ignorable_Code_Point, the
    // Braille pattern without dots, joiners of consonants and numbers, a filler, the null notehead).
    private static boolean looksLikeNothing(int character) {
        return character == 0x034F
                || character == 0x115F
                || character == 0x1160
                || character == 0x17B4
                || character == 0x17B5
                || character >= 0x180B && character <= 0x180F
                || character == 0x2800
                || character == 0x2D7F
                || character == 0x3164
                || character >= 0xFE00 && character <= 0xFE0F
                || character == 0xFFA0
                || character == 0x1107F
                || character == 0x16FE4
                || character == 0x1D159
                || character >= 0x1D173 && character <= 0x1D17A
                || character >= 0xE0000 && character <= 0xE0FFF;
    }
}
