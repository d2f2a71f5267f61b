package wire_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"

	"countersign.dev/supervisor/internal/wire"
	"countersign.dev/supervisor/internal/wiretest"
)

// vectors.json holds this writer, the tests' reader and the operator's reader in Java to the same bytes and verdicts.
// After a wanted change: go test ./internal/wire -run Vectors -update

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

const vectorsFile = "../../testdata/vectors.json"

type vectors struct {
	Comment string         `json:"comment"`
	HKDF    []hkdfVector   `json:"hkdf"`
	Streams []streamVector `json:"streams"`
	Jobs    []jobVector    `json:"jobFrames"`
}

type hkdfVector struct {
	Name   string `json:"name"`
	IKM    string `json:"ikmHex"`
	Salt   string `json:"saltHex"`
	Info   string `json:"infoHex"`
	Length int    `json:"length"`
	OKM    string `json:"okmHex"`
}

// streamVector is what came on the supervisor's stdout, and what a reader with this key, UID and attempt makes of it.
type streamVector struct {
	Name     string           `json:"name"`
	Key      string           `json:"keyHex"`
	UID      string           `json:"executionUid"`
	Attempt  uint32           `json:"attempt"`
	Stream   string           `json:"streamBase64"`
	Verdict  wiretest.Verdict `json:"verdict"`
	Forged   int              `json:"forged"`
	Replayed int              `json:"replayed"`
	Accepted bool             `json:"accepted"`
	Stdout   string           `json:"stdoutBase64"`
	Stderr   string           `json:"stderrBase64"`
	Result   string           `json:"resultBase64"`
}

// jobVector is a job frame as the operator must write it.
type jobVector struct {
	Name    string `json:"name"`
	Payload string `json:"payloadBase64"`
	Frame   string `json:"frameBase64"`
}

const (
	vectorUID     = "01020304-0506-0708-090a-0b0c0d0e0f10"
	vectorAttempt = 2
)

func TestVectors(t *testing.T) {
	made, err := json.MarshalIndent(makeVectors(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	made = append(made, '\n')
	if *update {
		if err := os.WriteFile(vectorsFile, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, made) {
		t.Fatal("testdata/vectors.json is not what this writer writes; if that is wanted, run with -update")
	}
	var v vectors
	if err := json.Unmarshal(committed, &v); err != nil {
		t.Fatal(err)
	}
	for _, s := range v.Streams {
		t.Run(s.Name, func(t *testing.T) { check(t, s) })
	}
}

func check(t *testing.T, s streamVector) {
	raw, _ := base64.StdEncoding.DecodeString(s.Stream)
	k, _ := hex.DecodeString(s.Key)
	told := wiretest.Read(raw, [32]byte(k), uid, s.Attempt)
	if told.Verdict != s.Verdict || told.Forged != s.Forged || told.Replayed != s.Replayed ||
		(told.Accepted != nil) != s.Accepted || text(told.Stdout) != s.Stdout || text(told.Stderr) != s.Stderr ||
		text(told.RawJSON) != s.Result {
		t.Fatalf("read: %+v", told)
	}
}

func text(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

func makeVectors(t *testing.T) vectors {
	t.Helper()
	return vectors{
		Comment: "Written by internal/wire/vectors_test.go; README.md explains the format.",
		HKDF:    hkdfVectors(t),
		Streams: streams(t),
		Jobs:    jobs(),
	}
}

func hkdfVectors(t *testing.T) []hkdfVector {
	t.Helper()
	derive := func(name string, ikm, salt, info []byte, length int) hkdfVector {
		okm, err := hkdf.Key(sha256.New, ikm, salt, string(info), length)
		if err != nil {
			t.Fatal(err)
		}
		return hkdfVector{
			name,
			hex.EncodeToString(ikm),
			hex.EncodeToString(salt),
			hex.EncodeToString(info),
			length,
			hex.EncodeToString(okm),
		}
	}
	rfcSalt, _ := hex.DecodeString("000102030405060708090a0b0c")
	rfcInfo, _ := hex.DecodeString("f0f1f2f3f4f5f6f7f8f9")
	rfc := derive("RFC 5869 test case 1", bytes.Repeat([]byte{0x0b}, 22), rfcSalt, rfcInfo, 42)
	if rfc.OKM != "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865" {
		t.Fatal("HKDF is not that of RFC 5869")
	}
	master := make([]byte, 32)
	for i := range master {
		master[i] = byte(i)
	}
	info := func(attempt int) []byte {
		return fmt.Appendf(nil, "%s\n%d\n%s\n%s", vectorUID, attempt, "a1b2c3d4-0000-4000-8000-00000000cafe",
			"sha256:"+hex.EncodeToString(bytes.Repeat([]byte{0xab}, 32)))
	}
	return []hkdfVector{
		rfc,
		derive("the key of a run", master, []byte("countersign/frame/v1"), info(1), 32),
		derive("the key of its second attempt", master, []byte("countersign/frame/v1"), info(2), 32),
	}
}

// runOf is one complete run of six frames: accepted, stdout, stderr, stdout, result in two pieces.
type runOf struct {
	frames                [][]byte // one line each, without the line feeds around
	first, stdout, stderr []byte   // first is what the first frame of stdout has
	firstPiece, result    []byte
}

// makeRun writes a run whose first frame of stdout and first piece of the result have so many bytes.
func makeRun(t *testing.T, k [32]byte, attempt uint32, size int) runOf {
	t.Helper()
	var r runOf
	r.stdout = append([]byte("naïve\n\x00\xff"), bytes.Repeat([]byte("0123456789"), size/8)...)
	r.stderr = []byte("warning\n")
	content := bytes.Repeat([]byte("f"), size)
	r.result = fmt.Appendf(nil, `{"version":1,"outcome":"Completed","exitCode":0,"signal":null,`+
		`"usage":{"wallMillis":12,"cpuMillis":10,"peakMemoryBytes":9437184,"outputBytes":%d},`+
		`"stdoutBytes":%d,"stderrBytes":%d,"stdoutSha256":"%x","stderrSha256":"%x","stdoutTruncated":false,`+
		`"stderrTruncated":false,"value":{"n":1.50,"text":"é"},"files":[{"path":"a.txt","size":%d,"sha256":"%x",`+
		`"content":"%s","truncated":false},{"path":"link","size":0,"truncated":false,"refused":"is a symbolic link"}],`+
		`"message":"the program returned 0"}`, len(r.stdout)+len(r.stderr), len(r.stdout), len(r.stderr),
		sha256.Sum256(r.stdout), sha256.Sum256(r.stderr), size, sha256.Sum256(content), text(content))
	r.first, r.firstPiece = r.stdout[:size], r.result[:size]
	out := new(bytes.Buffer)
	s := wire.NewSealer(out, k, uid, attempt)
	accepted := fmt.Appendf(nil, `{"attempt":%d,"executionUid":"%s","version":1}`, attempt, vectorUID)
	for _, err := range []error{
		s.Write(wire.Accepted, accepted), s.Write(wire.Stdout, r.first), s.Write(wire.Stderr, r.stderr),
		s.Write(wire.Stdout, r.stdout[size:]), s.Write(wire.Result, r.firstPiece), s.WriteResult(r.result[size:]),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range bytes.Split(out.Bytes(), []byte("\n")) {
		if len(line) > 0 {
			r.frames = append(r.frames, line)
		}
	}
	if len(r.frames) != 6 {
		t.Fatalf("%d frames, the variants are about 6", len(r.frames))
	}
	return r
}

// wireOf is a stream of these lines as the supervisor writes them.
func wireOf(frames ...[]byte) []byte {
	out := new(bytes.Buffer)
	for _, f := range frames {
		fmt.Fprintf(out, "\n%s\n", f)
	}
	return out.Bytes()
}

func streams(t *testing.T) []streamVector {
	t.Helper()
	const small = 150
	r := makeRun(t, key, vectorAttempt, small)
	f := r.frames
	large := makeRun(t, key, vectorAttempt, wire.MaxPayload)
	otherKey := makeRun(t, sha256.Sum256([]byte("another key")), vectorAttempt, small).frames
	otherAttempt := makeRun(t, key, vectorAttempt-1, small).frames

	var made []streamVector
	add := func(name string, verdict wiretest.Verdict, forged, replayed int, out, errs, res, stream []byte) {
		made = append(made, streamVector{
			Name: name, Key: hex.EncodeToString(key[:]), UID: vectorUID, Attempt: vectorAttempt, Stream: text(stream),
			Verdict: verdict, Forged: forged, Replayed: replayed,
			Accepted: !bytes.Contains([]byte(name), []byte("not accepted")),
			Stdout:   text(out), Stderr: text(errs), Result: text(res),
		})
	}
	complete := func(name string, forged, replayed int, stream []byte) {
		add(name, wiretest.Complete, forged, replayed, r.stdout, r.stderr, r.result, stream)
	}
	complete("complete", 0, 0, wireOf(f...))
	add(
		"complete, frames of the largest size",
		wiretest.Complete,
		0,
		0,
		large.stdout,
		large.stderr,
		large.result,
		wireOf(large.frames...),
	)
	complete("garbage between frames", 0, 0, bytes.ReplaceAll(wireOf(f...), []byte("\n\n"),
		[]byte("\n{\"level\":\"info\"}\n\r\n\xff\xfe CSF1 x\ncsf1 AAAA\nCSF1\nrest\n")))
	complete("anything after the result", 0, 0, append(wireOf(f...), append(wireOf(otherKey...), wireOf(f...)...)...))
	complete(
		"forged: not base64, too short, no frame",
		3,
		0,
		wireOf(f[0], f[1], []byte("CSF1 !!!"), []byte("CSF1 AAAA"),
			[]byte("CSF1 "+text(bytes.Repeat([]byte("CSF1"), 20))), f[2], f[3], f[4], f[5]),
	)
	complete("forged: another key", 1, 0, wireOf(f[0], f[1], f[2], otherKey[5], f[3], f[4], f[5]))
	complete("forged: a whole other run first", 6, 0, append(wireOf(otherKey...), wireOf(f...)...))
	complete("forged: another attempt", 1, 0, wireOf(f[0], otherAttempt[1], f[1], f[2], f[3], f[4], f[5]))
	complete("replayed: one frame", 0, 1, wireOf(f[0], f[1], f[2], f[3], f[1], f[4], f[5]))
	complete("replayed: all so far", 0, 3, wireOf(f[0], f[1], f[2], f[0], f[1], f[2], f[3], f[4], f[5]))

	add("reordered", wiretest.Tampered, 0, 0, nil, nil, nil, wireOf(f[0], f[2], f[1], f[3], f[4], f[5]))
	add("dropped: the accepted frame (not accepted)", wiretest.Tampered, 0, 0, nil, nil, nil, wireOf(f[1:]...))
	add("dropped: an output frame", wiretest.Tampered, 0, 0, r.first, nil, nil, wireOf(f[0], f[1], f[3], f[4], f[5]))
	add(
		"dropped: the first piece of the result",
		wiretest.Tampered,
		0,
		0,
		r.stdout,
		r.stderr,
		nil,
		wireOf(f[0], f[1], f[2], f[3], f[5]),
	)

	add("truncated: before the result", wiretest.Incomplete, 0, 0, r.stdout, r.stderr, nil, wireOf(f[:4]...))
	add(
		"truncated: before the last piece of the result",
		wiretest.Incomplete,
		0,
		0,
		r.stdout,
		r.stderr,
		r.firstPiece,
		wireOf(f[:5]...),
	)
	add("truncated: inside the last frame", wiretest.Incomplete, 1, 0, r.stdout, r.stderr, r.firstPiece,
		wireOf(f[0], f[1], f[2], f[3], f[4], f[5][:len(f[5])-40]))
	add("truncated: nothing at all (not accepted)", wiretest.Incomplete, 0, 0, nil, nil, nil, nil)

	add(
		"damaged: an output frame",
		wiretest.Tampered,
		1,
		0,
		r.first,
		nil,
		nil,
		wireOf(f[0], f[1], damaged(f[2]), f[3], f[4], f[5]),
	)
	add(
		"damaged: the last frame",
		wiretest.Incomplete,
		1,
		0,
		r.stdout,
		r.stderr,
		r.firstPiece,
		wireOf(f[0], f[1], f[2], f[3], f[4], damaged(f[5])),
	)
	add("damaged: torn by the code's own bytes", wiretest.Tampered, 1, 0, r.first, nil, nil,
		wireOf(f[0], f[1], append(append(bytes.Clone(f[2][:30]), "\ngarbage\n"...), f[2][30:]...), f[3], f[4], f[5]))
	add(
		"a result that contradicts the output",
		wiretest.Tampered,
		0,
		0,
		[]byte("abc"),
		nil,
		[]byte(lyingResult),
		lyingStream(t),
	)
	return made
}

func damaged(frame []byte) []byte {
	frame = bytes.Clone(frame)
	at := len(frame) / 2
	frame[at] = map[bool]byte{true: 'B', false: 'A'}[frame[at] == 'A']
	return frame
}

// lyingResult says three bytes of stdout, and the hash of none.
const lyingResult = `{"version":1,"outcome":"Completed","exitCode":0,"signal":null,` +
	`"usage":{"wallMillis":1,"cpuMillis":1,"peakMemoryBytes":1,"outputBytes":3},"stdoutBytes":3,"stderrBytes":0,` +
	`"stdoutSha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",` +
	`"stderrSha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",` +
	`"stdoutTruncated":false,"stderrTruncated":false,"files":[],"message":"the program returned 0"}`

func lyingStream(t *testing.T) []byte {
	t.Helper()
	out := new(bytes.Buffer)
	s := wire.NewSealer(out, key, uid, vectorAttempt)
	accepted := fmt.Appendf(nil, `{"attempt":%d,"executionUid":"%s","version":1}`, vectorAttempt, vectorUID)
	for _, err := range []error{
		s.Write(wire.Accepted, accepted), s.Write(wire.Stdout, []byte("abc")), s.WriteResult([]byte(lyingResult)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func jobs() []jobVector {
	var made []jobVector
	for _, j := range []struct{ name, payload string }{
		{"small", `{"version":1}`},
		{"a whole job", `{"version":1,"executionUid":"` + vectorUID + `","attempt":2,"key":"` + text(key[:]) +
			`","language":"Python","code":"print('é')\n","inputs":{"a":[1,2.5]},"stdin":"aGk=",` +
			`"files":[{"path":"a/b.csv","content":"MSwy"}],"env":{"GREETING":"hallo"},` +
			`"limits":{"cpuMillis":5000,"wallMillis":30000,` +
			`"memoryBytes":134217728,"outputBytes":65536,"diskBytes":67108864,"processes":64,"fileBytes":98304,` +
			`"valueBytes":32768}}`},
	} {
		frame := fmt.Sprintf("COUNTERSIGN-JOB/1 %d %x\n%s", len(j.payload), sha256.Sum256([]byte(j.payload)), j.payload)
		made = append(made, jobVector{j.name, text([]byte(j.payload)), text([]byte(frame))})
	}
	return made
}
