package collect

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxPathBytes = 255

// badName says why an entry's name may not stand in a result, or nothing.
func badName(name, path string) string {
	switch {
	case !utf8.ValidString(name):
		return "has a name that is not UTF-8"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "has a control character in its name"
	case strings.ContainsFunc(name, isBidi):
		return "has a character in its name that turns the direction of text"
	case len(path) > maxPathBytes:
		return "has a path of more than 255 bytes"
	}
	return ""
}

func isBidi(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// printable makes any name fit for a result: ASCII, escaped, short.
func printable(path string) string {
	quoted := strconv.QuoteToASCII(path)
	quoted = quoted[1 : len(quoted)-1]
	return quoted[:min(len(quoted), maxPathBytes)]
}
