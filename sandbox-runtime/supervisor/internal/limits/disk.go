package limits

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"countersign.dev/supervisor/internal/guard"
)

// maxEntries bounds files and directories of a run, because empty ones cost memory of the node and no bytes.
const maxEntries = 16384

// Disk tells how much a directory has grown. Where the directory is a file system of its own, as in a pod, the file
// system says so at once, deleted but open files included; elsewhere the tree is walked and apparent sizes count.
type Disk struct {
	dir   string
	own   bool
	limit int64
	start usage
}

type usage struct {
	bytes, entries int64
	full           bool
}

// NewDisk begins to watch the directory: only growth from here on counts.
func NewDisk(dir string, limit int64) *Disk {
	d := &Disk{dir: dir, limit: limit, own: isMount(dir)}
	d.start = d.used()
	return d
}

// Check returns a verdict if the directory has grown by more than the limit, has too many entries, or if its file
// system is full, which is the same limit held by the kernel.
func (d *Disk) Check() (Verdict, bool) {
	if guard.Off("disk") {
		return Verdict{}, false
	}
	now := d.used()
	switch {
	case now.bytes-d.start.bytes > d.limit:
		return Verdict{DiskExceeded, fmt.Sprintf("the run wrote more than %d bytes of files", d.limit)}, true
	case now.entries-d.start.entries > maxEntries:
		return Verdict{DiskExceeded, fmt.Sprintf("the run made more than %d files and directories", maxEntries)}, true
	case now.full:
		return Verdict{DiskExceeded, "the run filled the file system of its work directory"}, true
	}
	return Verdict{}, false
}

func (d *Disk) used() usage {
	if !d.own {
		return d.walk()
	}
	var s unix.Statfs_t
	if unix.Statfs(d.dir, &s) != nil {
		return d.start
	}
	return usage{
		bytes:   int64(s.Blocks-s.Bfree) * s.Bsize,
		entries: int64(s.Files - s.Ffree),
		full:    s.Blocks > 0 && s.Bfree == 0,
	}
}

func (d *Disk) walk() usage {
	var u usage
	_ = filepath.WalkDir(d.dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // unreadable by its mode: RLIMIT_FSIZE and the pod's size limit still hold
		}
		u.entries++
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			u.bytes += info.Size()
		}
		if u.entries > 2*maxEntries {
			return fs.SkipAll
		}
		return nil
	})
	return u
}

func isMount(dir string) bool {
	own, errOwn := os.Stat(dir)
	parent, errParent := os.Stat(filepath.Dir(dir))
	if errOwn != nil || errParent != nil {
		return false
	}
	return device(own) != device(parent)
}
