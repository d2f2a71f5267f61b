package collect

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"sort"

	"golang.org/x/sys/unix"
)

const (
	maxReported = 32
	maxWalked   = 1000
	maxLevels   = 16
	// maxHashed bounds the bytes that are read only to hash them: files too large to be carried.
	maxHashed = 64 << 20
)

// File is one entry below the outputs directory, as the result tells it.
type File struct {
	Path      string  `json:"path"`
	Size      int64   `json:"size"`
	SHA256    string  `json:"sha256,omitempty"`
	Content   *[]byte `json:"content,omitempty"`
	Truncated bool    `json:"truncated"`
	Refused   string  `json:"refused,omitempty"`
}

// Files is what lies below the outputs directory.
type Files struct {
	List []File
	// Unreported is true if there was more than may be walked or reported.
	Unreported bool
}

// OutputFiles walks <work>/outputs. Directories are walked, not reported; every other entry is reported, sorted by
// name: with its content while the sum of contents stays within limit, without it (truncated) beyond, or refused.
func OutputFiles(work *os.File, limit int64) Files {
	w := walk{room: limit, hashRoom: maxHashed}
	outputs, err := openDirectory(int(work.Fd()), "outputs")
	switch {
	case errors.Is(err, unix.ENOENT):
	case err != nil:
		w.files.List = append(w.files.List, File{Path: ".", Refused: why(err)})
	default:
		w.directory(outputs, "", 1)
	}
	return w.files
}

type walk struct {
	files    Files
	walked   int
	room     int64
	hashRoom int64
}

func (w *walk) directory(dir *os.File, prefix string, level int) {
	defer dir.Close()
	names, more := w.names(dir)
	if more {
		w.files.Unreported = true
	}
	for _, name := range names {
		path := prefix + name
		if why := badName(name, path); why != "" {
			w.report(File{Path: printable(path), Refused: why})
			continue
		}
		w.entry(dir, name, path, level)
	}
}

// names lists a directory within what may still be walked, so that a directory of a million entries costs no more.
func (w *walk) names(dir *os.File) (names []string, more bool) {
	names, err := dir.Readdirnames(maxWalked - w.walked + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, true
	}
	sort.Strings(names)
	if room := maxWalked - w.walked; len(names) > room {
		names, more = names[:room], true
	}
	w.walked += len(names)
	return names, more
}

func (w *walk) entry(dir *os.File, name, path string, level int) {
	var stat unix.Stat_t
	if err := unix.Fstatat(int(dir.Fd()), name, &stat, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		w.report(File{Path: path, Refused: why(err)})
		return
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		w.report(w.file(dir, name, path))
		return
	}
	if level == maxLevels {
		w.report(File{Path: path, Refused: "is a directory too deep to be walked"})
		return
	}
	below, err := openDirectory(int(dir.Fd()), name)
	if err != nil {
		w.report(File{Path: path, Refused: why(err)})
		return
	}
	w.directory(below, path+"/", level+1)
}

func (w *walk) report(f File) {
	if len(w.files.List) == maxReported {
		w.files.Unreported = true
		return
	}
	w.files.List = append(w.files.List, f)
}

func (w *walk) file(dir *os.File, name, path string) File {
	told := File{Path: path}
	if len(w.files.List) == maxReported {
		return told // it will not be reported, so it is not read
	}
	f, err := openRegular(int(dir.Fd()), name)
	if err != nil {
		told.Refused = why(err)
		return told
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		told.Refused = why(err)
		return told
	}
	told.Size = info.Size()
	if told.Size > w.room {
		told.Truncated = true
		told.SHA256 = w.hash(f, told.Size)
		return told
	}
	content, err := readUpTo(f, w.room)
	if err != nil {
		told.Refused = "cannot be read"
		return told
	}
	w.room -= int64(len(content))
	sum := sha256.Sum256(content)
	told.Size, told.SHA256, told.Content = int64(len(content)), hex.EncodeToString(sum[:]), &content
	return told
}

// hash returns the hash of a file that is not carried, or nothing if reading it would cost too much.
func (w *walk) hash(f *os.File, size int64) string {
	if size > w.hashRoom {
		return ""
	}
	w.hashRoom -= size
	sum := sha256.New()
	if n, err := io.Copy(sum, io.LimitReader(f, size)); err != nil || n != size {
		return ""
	}
	return hex.EncodeToString(sum.Sum(nil))
}
