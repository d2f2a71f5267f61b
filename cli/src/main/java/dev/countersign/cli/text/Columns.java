package dev.countersign.cli.text;

/** How wide terminals draw text: East Asian letters and pictures take two columns, marks none. */
final class Columns {
    private Columns() {}

    static int of(CharSequence text) {
        return of(text, 0);
    }

    /** The columns of the text from this index on. */
    static int of(CharSequence text, int start) {
        int columns = 0;
        for (int i = start; i < text.length(); ) {
            int character = Character.codePointAt(text, i);
            columns += of(character);
            i += Character.charCount(character);
        }
        return columns;
    }

    /** The index after the last character that still fits, and at least one character on. */
    static int fitting(String text, int start, int width) {
        int columns = 0;
        int i = start;
        while (i < text.length()) {
            int character = text.codePointAt(i);
            columns += of(character);
            if (columns > width && i > start) {
                return i;
            }
            i += Character.charCount(character);
        }
        return i;
    }

    private static int of(int character) {
        if (character < 0x300) {
            return 1;
        }
        int type = Character.getType(character);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        return isWide(character) ? 2 : 1;
    }

    private static boolean isWide(int character) {
        return character >= 0x1100 && character <= 0x115F
                || character >= 0x2E80 && character <= 0xA4CF
                || character >= 0xAC00 && character <= 0xD7A3
                || character >= 0xF900 && character <= 0xFAFF
                || character >= 0xFE30 && character <= 0xFE6F
                || character >= 0xFF00 && character <= 0xFF60
                || character >= 0xFFE0 && character <= 0xFFE6
                || character >= 0x1F300 && character <= 0x1FAFF
                || character >= 0x20000 && character <= 0x3FFFD;
    }
}
