package collect

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

const (
	// maxDepth and maxNumber keep the value readable for the parsers behind us: Jackson refuses numbers of more than
	// 1,000 characters and documents deeper than 1,000.
	maxDepth  = 100
	maxNumber = 1000
)

// checkJSON accepts exactly one JSON value in UTF-8. Duplicate keys stay: which one counts is the reader's business.
// Numbers stay as written.
func checkJSON(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("is not UTF-8")
	}
	if !json.Valid(data) {
		return errors.New("is not JSON")
	}
	depth := 0
	for i := 0; i < len(data); {
		switch c := data[i]; {
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return fmt.Errorf("is nested deeper than %d", maxDepth)
			}
			i++
		case c == '}' || c == ']':
			depth--
			i++
		case c == '"':
			length, whole := scanString(data[i:])
			if !whole {
				return errors.New("has half of a surrogate pair in a string, which is not UTF-8")
			}
			i += length
		case c == '-' || c >= '0' && c <= '9':
			length := scanNumber(data[i:])
			if length > maxNumber {
				return fmt.Errorf("has a number of more than %d characters", maxNumber)
			}
			i += length
		default:
			i++
		}
	}
	return nil
}

// scanString returns the length of the valid JSON string at the start of data, quotes included, and whether every
// escaped surrogate in it has its other half.
func scanString(data []byte) (length int, whole bool) {
	whole = true
	high := false // the last thing read was the escape of a high surrogate
	for i := 1; ; {
		unit, size := rune(-1), 1
		switch {
		case data[i] == '"':
			return i + 1, whole && !high
		case data[i] == '\\' && data[i+1] == 'u':
			value, _ := strconv.ParseUint(string(data[i+2:i+6]), 16, 16)
			unit, size = rune(value), 6
		case data[i] == '\\':
			size = 2
		}
		low := unit >= 0xdc00 && unit <= 0xdfff
		if high != low {
			whole = false
		}
		high = unit >= 0xd800 && unit <= 0xdbff
		i += size
	}
}

func scanNumber(data []byte) int {
	for i, c := range data {
		switch {
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
		default:
			return i
		}
	}
	return len(data)
}
