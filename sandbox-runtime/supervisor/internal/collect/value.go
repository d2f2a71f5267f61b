// Package collect reads what the code left in its work directory. Everything there is shaped by the code: nothing is
// followed, nothing but regular files is opened, and every read is bounded.
package collect

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Value reads result.json below the work directory. It returns nil, nil if there is none. The error says, for people,
// why what lies there is not taken.
func Value(work *os.File, limit int64) ([]byte, error) {
	f, err := openRegular(int(work.Fd()), "result.json")
	if errors.Is(err, unix.ENOENT) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.New("result.json " + why(err))
	}
	defer f.Close()
	data, err := readUpTo(f, limit)
	if err != nil {
		return nil, fmt.Errorf("result.json is larger than %d bytes", limit)
	}
	if err := checkJSON(data); err != nil {
		return nil, errors.New("result.json " + err.Error())
	}
	return data, nil
}
