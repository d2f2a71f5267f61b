package collect

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"countersign.dev/supervisor/internal/guard"
)

// refusal is why a file is not taken; its text completes a sentence that begins with the file's name.
type refusal string

func (r refusal) Error() string { return string(r) }

// openRegular opens one name in a directory without following it and without waiting, and makes sure of what it has
// opened. All later questions go to the open file, never to the name again.
func openRegular(dir int, name string) (*os.File, error) {
	return open(dir, name, unix.O_NONBLOCK|unix.O_NOCTTY, unix.S_IFREG)
}

// openDirectory opens a directory below another one without following a symbolic link.
func openDirectory(dir int, name string) (*os.File, error) {
	return open(dir, name, unix.O_DIRECTORY, unix.S_IFDIR)
}

// open asks what the name is, opens it, and asks whether the open file is that: O_NOFOLLOW alone is not enough, because
// gVisor follows a symbolic link in spite of it when O_DIRECTORY is given, too.
func open(dir int, name string, flags int, wanted uint32) (*os.File, error) {
	flags |= unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_CLOEXEC
	if guard.Off("nofollow") {
		flags &^= unix.O_NOFOLLOW
	}
	var named, opened unix.Stat_t
	if err := unix.Fstatat(dir, name, &named, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return nil, err
	}
	if why := otherThan(wanted, &named); why != "" && !guard.Off("nofollow") {
		return nil, refusal(why)
	}
	fd, err := unix.Openat(dir, name, flags, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.Fstat(fd, &opened); err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	why := otherThan(wanted, &opened)
	if (opened.Dev != named.Dev || opened.Ino != named.Ino) && !guard.Off("nofollow") {
		why = "was another file a moment ago"
	}
	if why != "" {
		_ = unix.Close(fd)
		return nil, refusal(why)
	}
	return os.NewFile(uintptr(fd), name), nil
}

// otherThan says what a file is if that is not the wanted kind, or why it may not be taken all the same.
func otherThan(wanted uint32, stat *unix.Stat_t) string {
	if stat.Mode&unix.S_IFMT != wanted {
		return kind(stat.Mode)
	}
	if wanted == unix.S_IFREG && stat.Nlink != 1 && !guard.Off("hardlink") {
		return "is a hard link: the file has other names, too"
	}
	return ""
}

// kind completes a sentence about a file of the wrong kind.
func kind(mode uint32) string {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return "is a file"
	case unix.S_IFLNK:
		return "is a symbolic link"
	case unix.S_IFIFO:
		return "is a FIFO"
	case unix.S_IFSOCK:
		return "is a socket"
	case unix.S_IFBLK, unix.S_IFCHR:
		return "is a device"
	case unix.S_IFDIR:
		return "is a directory"
	}
	return "is no ordinary file"
}

// why turns an error of this package or of the kernel into the end of a sentence.
func why(err error) string {
	var r refusal
	switch {
	case errors.As(err, &r):
		return string(r)
	case errors.Is(err, unix.ELOOP):
		return "is a symbolic link"
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return "cannot be read: permission denied"
	case errors.Is(err, unix.ENOTDIR):
		return "is not a directory"
	}
	return "cannot be read"
}

var errTooLarge = errors.New("too large")

// readUpTo reads a whole file of at most limit bytes, whatever size it claims.
func readUpTo(f *os.File, limit int64) ([]byte, error) {
	if info, err := f.Stat(); err != nil || info.Size() > limit {
		return nil, errTooLarge
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, errTooLarge
	}
	return data, nil
}
