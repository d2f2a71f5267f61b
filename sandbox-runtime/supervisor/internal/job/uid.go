package job

import (
	"encoding/hex"
	"errors"
	"strings"
)

// parseUID reads a UUID in the lower-case form of RFC 4122 into its 16 bytes.
func parseUID(text string) ([16]byte, error) {
	var uid [16]byte
	bad := errors.New("executionUid: must be a lower-case UUID")
	if len(text) != 36 || strings.ToLower(text) != text {
		return uid, bad
	}
	for _, at := range []int{8, 13, 18, 23} {
		if text[at] != '-' {
			return uid, bad
		}
	}
	digits := text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	if n, err := hex.Decode(uid[:], []byte(digits)); err != nil || n != len(uid) {
		return uid, bad
	}
	return uid, nil
}
