package main

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// lines cuts what is written to it into lines.
type lines struct{ partial []byte }

// next adds p and returns the lines that are complete now, with their ends.
func (l *lines) next(p []byte) (complete []string) {
	l.partial = append(l.partial, p...)
	for {
		end := bytes.IndexByte(l.partial, '\n')
		if end < 0 {
			return complete
		}
		complete = append(complete, string(l.partial[:end+1]))
		l.partial = l.partial[end+1:]
	}
}

// rest returns what came after the last complete line.
func (l *lines) rest() string {
	defer func() { l.partial = nil }()
	return string(l.partial)
}

// uncaught matches the line that wasmbrowsertest prints for an exception that nobody caught: place and Chromium's text.
// The exception's own description follows on the next line, if it is an Error.
var uncaught = regexp.MustCompile(`^\S*:\d+:\d+ Uncaught\b`)

// pageOutput passes on what the page printed and keeps count of uncaught errors.
type pageOutput struct {
	out   io.Writer
	lines lines
	found int
}

// Write implements io.Writer.
func (o *pageOutput) Write(p []byte) (int, error) {
	for _, line := range o.lines.next(p) {
		if uncaught.MatchString(line) {
			o.found++
		}
	}
	return o.out.Write(p)
}

// flush must be called after the last Write.
func (o *pageOutput) flush() {
	if uncaught.MatchString(o.lines.rest()) {
		o.found++
	}
}

// err returns an error if the page saw an uncaught error: something is broken, even where all tests pass.
func (o *pageOutput) err() error {
	if o.found == 0 {
		return nil
	}
	return fmt.Errorf("uncaught errors or unhandled promise rejections in the page: %d (search the output above for \"Uncaught\")", o.found)
}

// withoutNoise passes on the log of wasmbrowsertest without the lines about events that are newer than its protocol.
type withoutNoise struct {
	out   io.Writer
	lines lines
}

// Write implements io.Writer.
func (o *withoutNoise) Write(p []byte) (int, error) {
	for _, line := range o.lines.next(p) {
		if err := o.pass(line); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// flush must be called after the last Write.
func (o *withoutNoise) flush() { _ = o.pass(o.lines.rest()) }

func (o *withoutNoise) pass(line string) error {
	if strings.Contains(line, "could not unmarshal event") && strings.Contains(line, "Loopback") {
		return nil
	}
	_, err := io.WriteString(o.out, line)
	return err
}
