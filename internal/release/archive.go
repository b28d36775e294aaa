package release

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"os"
	"path"
	"time"

	// Not that of the standard library, which compresses otherwise in each version of Go.
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// A file is one of an archive.
type file struct {
	name    string // with slashes, below the archive's only directory
	mode    os.FileMode
	content []byte
}

// modified returns the time of a file in a release of this day: a second of the day before that goes by the content. Hosts
// and browsers take a file of the same size and time for the same, so two releases must not agree in both.
func (f file) modified(day time.Time) time.Time {
	sum := sha256.Sum256(f.content)
	second := binary.BigEndian.Uint32(sum[:]) % (24 * 60 * 60)
	return day.Add(-time.Duration(second) * time.Second)
}

// tarball returns files, below the directory dir, as npm installs them.
func tarball(dir string, files []file, day time.Time) ([]byte, error) {
	var out bytes.Buffer
	compressed, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	archive := tar.NewWriter(compressed)
	for _, f := range files {
		err := archive.WriteHeader(&tar.Header{
			Format:  tar.FormatUSTAR,
			Name:    path.Join(dir, f.name),
			Mode:    int64(f.mode),
			Size:    int64(len(f.content)),
			ModTime: f.modified(day),
		})
		if err != nil {
			return nil, err
		}
		if _, err := archive.Write(f.content); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	err = compressed.Close()
	return out.Bytes(), err
}

// zipped returns files, below the directory dir, as every system unpacks them.
func zipped(dir string, files []file, day time.Time) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	for _, f := range files {
		header := &zip.FileHeader{Name: path.Join(dir, f.name), Method: zip.Deflate, Modified: f.modified(day)}
		header.SetMode(f.mode)
		w, err := archive.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	err := archive.Close()
	return out.Bytes(), err
}
