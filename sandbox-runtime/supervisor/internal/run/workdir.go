package run

import (
	"errors"
	"os"
	"path"

	"countersign.dev/supervisor/internal/guard"
	"countersign.dev/supervisor/internal/job"
	"countersign.dev/supervisor/internal/language"
)

// prepareWork makes the directories that every run finds. They are there before the job, so that they cost it nothing.
func prepareWork() error {
	for _, dir := range []string{inputFiles, "outputs", "tmp"} {
		if err := os.Mkdir(path.Join(language.Work, dir), 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			return errors.New("the work directory cannot be written: is " + language.Work + " mounted and ours?")
		}
	}
	return nil
}

// inputFiles is where the files of a run go: a directory of their own, because whoever brings them is not who wrote the
// code. Beside the code, a csv.py, a package.json or a node_modules of theirs would be loaded by it.
const inputFiles = "files"

// writeFiles puts code, inputs and input files into the work directory. Every file is new.
func writeFiles(j *job.Job) error {
	work, err := os.OpenRoot(language.Work)
	if err != nil {
		return err
	}
	defer work.Close()
	files := []job.File{
		{Path: j.Language.File, Content: []byte(j.Code)},
		{Path: "inputs.json", Content: j.Inputs},
	}
	apart := inputFiles
	if guard.Off("files-apart") {
		apart = "."
	}
	for _, file := range j.Files {
		files = append(files, job.File{Path: path.Join(apart, file.Path), Content: file.Content})
	}
	for _, file := range files {
		if dir := path.Dir(file.Path); dir != "." {
			if err := work.MkdirAll(dir, 0o755); err != nil {
				return err
			}
		}
		if err := writeNew(work, file); err != nil {
			return err
		}
	}
	return nil
}

func writeNew(work *os.Root, file job.File) error {
	f, err := work.OpenFile(file.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(file.Content)
	return errors.Join(err, f.Close())
}
