package dev.countersign.cli.text;

/**
 * How wide terminals draw text at most: East Asian letters and pictures take two columns, marks none.
 *
 * <p>Which characters are wide differs between terminals and grows with every Unicode version. A character taken for too
 * wide breaks a line early; one taken for too narrow lets the terminal break it, without our mark. So all are wide where
 * wide ones are found at all, but for scripts that are known to be narrow.
 */
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
        return character >= 0x1100 && character <= 0x115F || character >= 0x2300 && !isNarrow(character);
    }

    // Braille; Glagolitic to Ethiopic; Lisu to Rejang; Javanese to Meetei Mayek; Latin to Arabic presentation forms;
    // halfwidth forms.
    private static boolean isNarrow(int character) {
        return character >= 0x2800 && character <= 0x28FF
                || character >= 0x2C00 && character <= 0x2DFF
                || character >= 0xA4D0 && character <= 0xA95F
                || character >= 0xA980 && character <= 0xABFF
                || character >= 0xFB00 && character <= 0xFDCF
                || character >= 0xFE70 && character <= 0xFEFC
                || character >= 0xFF61 && character <= 0xFFDC
                || character >= 0xFFE8 && character <= 0xFFEE;
    }
}
